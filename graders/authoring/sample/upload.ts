/** What a student of the sample class uploads: the files of a source, packed as the student packs them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Course } from '../../course.ts';
import { GraderError } from '../../errors.ts';
import { byCodeUnits, isJunk } from '../../lms/archive/entry.ts';
import { packZip } from '../../lms/archive/write.ts';
import type { Assignment } from '../../model/assignment.ts';
import { contents } from '../release/contents.ts';
import { examplesOf, mutantsOf, referenceFiles, starterFiles } from '../sources.ts';
import type { Student } from './class-file.ts';

/** Content by path or name. */
export type Bytes = ReadonlyMap<string, Uint8Array>;

/** @returns what is uploaded, by name: one zip, or files without folders */
export type Uploader = (source: string, packed: Student['packed']) => Promise<Bytes>;

/** Reads each source once, and only when somebody hands it in. */
export function uploaderOf(course: Course, assignment: Assignment): Uploader {
  const sources = sourcesOf(course, assignment);
  const givenOut = once(() => inBytes(contents(course, assignment, {})));
  const zip = `${assignment.id}.zip`;
  return async (source, packed) => {
    const files = sources(source);
    switch (packed) {
      case 'zip':
        return new Map([[zip, await packZip(files)]]);
      case 'project-zip': {
        const whole = [...new Map([...givenOut(), ...files])];
        return new Map([[zip, await packZip(new Map(whole.map(([path, at]) => [`${assignment.id}/${path}`, at])))]]);
      }
      case 'files':
        return withoutFolders(source, files);
      default:
        return packed satisfies never;
    }
  };
}

function sourcesOf(course: Course, assignment: Assignment): (source: string) => Bytes {
  const named = (all: readonly { readonly name: string; readonly files: ReadonlyMap<string, string> }[]) =>
    new Map(all.map(({ name, files }) => [name, inBytes(files)]));
  const examples = once(() => named(examplesOf(assignment)));
  const mutants = once(() => named(mutantsOf(course, assignment)));
  const read = (kind: string, name: string): Bytes | undefined => {
    switch (kind) {
      case 'reference':
        return inBytes(referenceFiles(course, assignment));
      case 'starter':
        return inBytes(starterFiles(course, assignment));
      case 'empty-zip':
        return new Map();
      case 'example':
        return examples().get(name);
      case 'mutant':
        return mutants().get(name);
      default:
        return folderOf(join(assignment.folder, 'class', name));
    }
  };
  return (source) => {
    const [kind = '', name = ''] = source.split('/');
    const files = read(kind, name);
    if (files !== undefined) return files;
    throw new GraderError('SUITE_INVALID', `${assignment.id}: class.yaml names ${source}, which is not there.`);
  };
}

/** All files, whatever they are called: a wrong name is a mistake worth having. */
function folderOf(folder: string): Bytes | undefined {
  if (!existsSync(folder)) return undefined;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !isJunk(path) && statSync(join(folder, path)).isFile())
    .sort(byCodeUnits);
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path))]));
}

function withoutFolders(source: string, files: Bytes): Bytes {
  const flat = new Map([...files].map(([path, content]) => [posix.basename(path), content]));
  if (flat.size === files.size) return flat;
  throw new GraderError(
    'SUITE_INVALID',
    `class.yaml: ${source} has files of the same name in several folders, so it cannot be packed as files. Pack it as zip.`,
  );
}

/** With the line ends of the repository, so that the class is the same on every system. */
function inBytes(files: ReadonlyMap<string, string>): Bytes {
  return new Map([...files].map(([path, text]) => [path, Buffer.from(text.replaceAll('\r\n', '\n'))]));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
