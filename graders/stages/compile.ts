/** The third stage: bundles an overlay, laid over starter/, to one script for the sealed realm. */
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { build, type Message, type Plugin } from 'esbuild';
import type { Program } from '../model/program.ts';
import type { Location } from '../model/verdict.ts';

/** A tree of files by path, relative to starter/, laid over it. */
export type Overlay = ReadonlyMap<string, string>;

export type Compiled =
  | { readonly kind: 'compiled'; readonly program: Program }
  /** The overlay does not bundle: bad syntax, or an import of something that is not there. */
  | { readonly kind: 'refused'; readonly says: string; readonly at: Location | null };

/**
 * @param starter  absolute path of starter/
 * @param modules  paths of the modules that suites may ask for: `mm/page_alloc.ts`
 */
export async function compile(starter: string, overlay: Overlay, modules: readonly string[]): Promise<Compiled> {
  const imports = modules.map((path, i) => `import * as m${i} from './${path}';`);
  const table = modules.map((path, i) => `${JSON.stringify(path.replace(/\.ts$/, ''))}: m${i},`);
  const result = await build({
    stdin: { contents: `${imports.join('\n')}\nsubject = { ${table.join(' ')} };`, loader: 'ts', resolveDir: '/' },
    bundle: true,
    write: false,
    outfile: 'subject.js',
    format: 'iife',
    // Modules are strict; the script they are bundled to must say so.
    banner: { js: "'use strict'; var subject;" },
    target: 'es2023',
    sourcemap: 'external',
    keepNames: true,
    charset: 'utf8',
    logLevel: 'silent',
    plugins: [overlayFiles(starter, overlay)],
  }).catch((failure: { errors?: Message[] }) => {
    if (failure.errors === undefined) throw failure;
    return failure.errors;
  });
  if (Array.isArray(result)) return refused(result);
  const text = (ending: string): string => result.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  return { kind: 'compiled', program: { code: text('.js'), map: text('.map'), own: [...overlay.keys()] } };
}

function refused(errors: readonly Message[]): Compiled {
  const [first] = errors;
  const place = first?.location;
  return {
    kind: 'refused',
    says: first?.text ?? 'the files do not form a program',
    at:
      place == null ? null : { file: place.file.replace(/^overlay:/, ''), line: place.line, column: place.column + 1 },
  };
}

/** Resolves relative imports to the overlay first and to starter/ second; nothing else exists. */
function overlayFiles(starter: string, overlay: Overlay): Plugin {
  const source = (path: string): string | undefined => {
    const given = overlay.get(path);
    if (given !== undefined) return given;
    try {
      return readFileSync(join(starter, path), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'EISDIR') {
        return undefined;
      }
      throw error;
    }
  };
  return {
    name: 'overlay',
    setup(bundle) {
      bundle.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        // There is no loader in the realm: left as they are, these fail where they are reached.
        if (kind === 'require-call' || kind === 'dynamic-import') return { path, external: true };
        const from = importer === '<stdin>' ? '' : dirname(importer);
        const wanted = posix.normalize(posix.join(from, path));
        const candidates = [wanted, `${wanted}.ts`, wanted.replace(/\.js$/, '.ts')];
        const found = /^\.\.?\//.test(path)
          ? candidates.find((file) => !file.startsWith('..') && source(file) !== undefined)
          : undefined;
        if (found !== undefined) return { path: found, namespace: 'overlay' };
        return { errors: [{ text: `cannot import "${path}": only the files of this assignment can be imported` }] };
      });
      bundle.onLoad({ filter: /.*/, namespace: 'overlay' }, ({ path }) => ({
        contents: withoutSourceMap(source(path) ?? ''),
        loader: 'ts',
      }));
    },
  };
}

/** A comment that names a source map would have the bundler read that file, wherever on this machine it is. */
function withoutSourceMap(text: string): string {
  return text.replace(/([#@][ \t]*)sourceMappingURL=/g, '$1sourceMappingURL:');
}
