/**
 * The compiler's part of the check stage: one program kept warm, a submission laid over it, looked at in two steps.
 * `read` is bounded by the size of the files; `types` is not, for a type can be a bomb.
 */
import { Project, ts } from 'ts-morph';
import { GraderError } from '../errors.ts';
import type { Finding } from '../model/result.ts';
import { forbidden } from './forbidden.ts';
import { strayImports } from './imports.ts';
import { type Inspection, joined, refusal } from './inspection.ts';
import { missingExports } from './shape.ts';
import { locate, parse, sentence } from './source.ts';
import { typeFindings } from './type-findings.ts';

/** A tree of files by path, laid over starter/. */
export type Overlay = ReadonlyMap<string, string>;

export interface Inspector {
  /** Parses and applies the rules. */
  read(overlay: Overlay, holes: readonly string[]): Reading;
}

export interface Reading extends Inspection {
  /** Type errors of the files that were read. */
  types(): readonly Finding[];
}

/**
 * @param starter  text of every file of starter/, by path
 * @param tsconfig  path of the file with the compiler's options
 */
export function createInspector(starter: Overlay, tsconfig: string): Inspector {
  const project = new Project({ useInMemoryFileSystem: true, compilerOptions: optionsOf(tsconfig) });
  for (const [path, text] of starter) project.createSourceFile(`/${path}`, text);
  const warm = project.getProgram().compilerObject;
  warm.getTypeChecker();
  const kept = new Map(warm.getSourceFiles().map((file) => [file.fileName, file]));
  return {
    read(overlay, holes) {
      const sources = [...overlay].map(([path, text]) => parse(path, text));
      const own = new Map(sources.map(({ file }) => [file.fileName, file]));
      const program = compose(warm, kept, own);
      const exists = (path: string): boolean => own.has(`/${path}`) || kept.has(`/${path}`);
      const looks = sources.map((source) => {
        const { file } = source;
        const stub = holes.includes(file.fileName.slice(1)) ? kept.get(file.fileName) : undefined;
        const rules = forbidden(file);
        const shape = stub === undefined ? [] : [missingExports(file, stub)];
        const imports = strayImports(file, exists);
        const said = joined([source, syntaxErrors(program, file), rules, imports, ...shape]);
        return { file, said, at: new Set([...rules.at, ...imports.at]) };
      });
      const silent = new Map(looks.map(({ file, at }) => [file, at]));
      return { ...joined(looks.map(({ said }) => said)), types: () => typeFindings(program, silent) };
    },
  };
}

function optionsOf(tsconfig: string): ts.CompilerOptions {
  const problems: ts.Diagnostic[] = [];
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem: ts.Diagnostic) => problems.push(problem) };
  const parsed = ts.getParsedCommandLineOfConfigFile(tsconfig, {}, { ...host, readDirectory: () => [] });
  const [problem] = problems;
  if (parsed === undefined) {
    throw new GraderError(
      'CHECK_FAILED',
      `${tsconfig}: ${problem === undefined ? 'no compiler options' : sentence(problem)}`,
    );
  }
  const { configFilePath, rootDirs, ...options } = parsed.options;
  return options;
}

/** The program of a submission: its own files first, the kept ones (starter/, the language's library) for the rest. */
function compose(
  warm: ts.Program,
  kept: ReadonlyMap<string, ts.SourceFile>,
  own: ReadonlyMap<string, ts.SourceFile>,
): ts.Program {
  const library = [...kept.keys()].find((path) => path.includes('/lib.')) ?? '/';
  const folder = library.slice(0, library.lastIndexOf('/'));
  const find = (path: string): ts.SourceFile | undefined => own.get(path) ?? kept.get(path);
  return ts.createProgram({
    rootNames: [...own.keys()],
    options: warm.getCompilerOptions(),
    oldProgram: warm,
    host: {
      getSourceFile: find,
      fileExists: (path) => find(path) !== undefined,
      readFile: () => undefined,
      writeFile: () => undefined,
      getDefaultLibLocation: () => folder,
      getDefaultLibFileName: (options) => `${folder}/${ts.getDefaultLibFileName(options)}`,
      getCurrentDirectory: () => '/',
      getCanonicalFileName: (path) => path,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
    },
  });
}

function syntaxErrors(program: ts.Program, file: ts.SourceFile): Inspection {
  return joined(
    program.getSyntacticDiagnostics(file).map((problem) =>
      refusal({
        severity: 'error',
        rule: 'syntax',
        says: `This is not TypeScript: ${sentence(problem)}`,
        at: locate(file, problem.start),
      }),
    ),
  );
}
