import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { joined, type Located, quotable, refusal, remark } from './inspection.ts';
import { locate } from './source.ts';
import { usesOf } from './uses.ts';

/**
 * Imports of one file that lead nowhere: only files of the assignment can be imported. One that stands for types only,
 * or is not used (an editor puts such in unasked), is left out of the program, so that it can still be graded.
 * @param exists  whether a path is in the submission or in starter/
 */
export function strayImports(file: ts.SourceFile, exists: (path: string) => boolean): Located {
  const uses = usesOf(file);
  const bindings = (clause: ts.ImportClause): readonly ts.Identifier[] => {
    const { name, namedBindings: named } = clause;
    const others =
      named === undefined ? [] : ts.isNamedImports(named) ? named.elements.map((one) => one.name) : [named.name];
    return [...(name === undefined ? [] : [name]), ...others];
  };
  const isNeeded = (statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
    if (ts.isExportDeclaration(statement)) return !statement.isTypeOnly;
    const clause = statement.importClause;
    if (clause === undefined) return true;
    const isType = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return !isType && bindings(clause).some((name) => uses.get(name.text) === 'value');
  };
  const stray = file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const from = statement.moduleSpecifier;
    if (from === undefined || !ts.isStringLiteral(from)) return [];
    return resolve(file.fileName.slice(1), from.text).some(exists) ? [] : [{ statement, from }];
  });
  const looks = stray.map(({ statement, from }) => {
    const says = `'${quotable(from.text)}' cannot be imported: ${whyNot(from.text)}.`;
    const finding = { severity: 'error', rule: 'import', says, at: locate(file, from.getStart(file)) } as const;
    return isNeeded(statement) ? refusal(finding) : remark(finding);
  });
  return { ...joined(looks), at: stray.map(({ from }) => from.getStart(file)) };
}

function whyNot(specifier: string): string {
  return /^\.\.?\//.test(specifier)
    ? 'there is no such file in the assignment, nor one of your own that may be used'
    : 'code of a kernel has no packages, only the language itself (ES2023) and the files of the assignment';
}

/** Where an import may lead, in the order in which it is tried. */
function resolve(importer: string, specifier: string): readonly string[] {
  if (!/^\.\.?\//.test(specifier)) return [];
  const path = posix.normalize(posix.join(posix.dirname(importer), specifier));
  return [path, `${path}.ts`, path.replace(/\.js$/, '.ts')];
}
