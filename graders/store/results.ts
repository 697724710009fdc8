/**
 * A results folder: what one assignment's class came to. A result is kept as soon as it is there, under the hash of all
 * that it depends on, so that a run which is cut short goes on where it stopped and nothing unchanged is run again.
 *
 *   manifest.json   which result belongs to which hash          class.html ...   the class view
 *   intake.json     who handed in, and from where               bundle/          what the LMS imports
 *   <key>/          result.json feedback.html feedback.md       run.json         when, where and how long: kept apart
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { GraderError } from '../errors.ts';
import { Result } from '../model/result.ts';
import { writeFailed, writeWhole } from './write.ts';

const Manifest = z.strictObject({
  format: z.literal('osgrade-manifest/1'),
  assignment: z.string(),
  /** By submission key: hash of the submission, the suites, starter, reference and the kit itself. */
  results: z.record(z.string(), z.string()),
});
type Manifest = z.infer<typeof Manifest>;

export class ResultsFolder {
  readonly path: string;
  #manifest: Manifest;

  private constructor(path: string, manifest: Manifest) {
    this.path = path;
    this.#manifest = manifest;
  }

  /**
   * Opens a results folder, or makes a new one.
   * @throws GraderError OUTPUT_FOREIGN if the folder holds anything else, OUTPUT_FAILED if it cannot be made
   */
  static open(path: string, assignment: string): ResultsFolder {
    try {
      mkdirSync(path, { recursive: true });
    } catch (cause) {
      throw writeFailed(path, cause);
    }
    const empty = readdirSync(path).length === 0;
    const manifest: Manifest = empty
      ? { format: 'osgrade-manifest/1', assignment, results: {} }
      : readManifest(path, `Choose an empty or new folder with --out.`);
    if (manifest.assignment !== assignment) {
      throw new GraderError(
        'OUTPUT_FOREIGN',
        `${path} holds results of ${manifest.assignment}, not of ${assignment}. Choose another folder with --out.`,
      );
    }
    const folder = new ResultsFolder(path, manifest);
    if (empty) folder.#writeManifest();
    return folder;
  }

  /** Opens a folder that must be there. @throws GraderError OUTPUT_FOREIGN */
  static reopen(path: string): ResultsFolder {
    return new ResultsFolder(path, readManifest(path, 'Name the folder that "osgrade grade" wrote to.'));
  }

  get assignment(): string {
    return this.#manifest.assignment;
  }

  /** The result of an earlier run, if it was made from the very same things. */
  known(key: string, hash: string): Result | undefined {
    return this.#manifest.results[key] === hash ? this.#read(key) : undefined;
  }

  /** The last result for a key, whatever it was made from. */
  last(key: string): Result | undefined {
    return this.#manifest.results[key] === undefined ? undefined : this.#read(key);
  }

  keep(hash: string, result: Result): void {
    const { key } = result.submission;
    this.write(`${key}/result.json`, `${JSON.stringify(result, null, 2)}\n`);
    // A fault of ours is shown, but tried again by the next run.
    if (result.verdict === 'broken') delete this.#manifest.results[key];
    else this.#manifest.results[key] = hash;
    this.#writeManifest();
  }

  /** @param path  relative, with forward slashes */
  write(path: string, content: string | Uint8Array): void {
    writeWhole(join(this.path, path), content);
  }

  /** Keys of earlier results that are not among these. */
  others(keys: readonly string[]): string[] {
    return Object.keys(this.#manifest.results)
      .filter((key) => !keys.includes(key))
      .sort();
  }

  #read(key: string): Result | undefined {
    const path = join(this.path, key, 'result.json');
    if (!existsSync(path)) return undefined;
    const parsed = Result.safeParse(jsonIn(path));
    return parsed.success ? parsed.data : undefined;
  }

  #writeManifest(): void {
    const results = Object.fromEntries(Object.entries(this.#manifest.results).sort(([a], [b]) => (a < b ? -1 : 1)));
    this.#manifest = { ...this.#manifest, results };
    this.write('manifest.json', `${JSON.stringify(this.#manifest, null, 2)}\n`);
  }
}

function readManifest(folder: string, advice: string): Manifest {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) {
    throw new GraderError('OUTPUT_FOREIGN', `${folder} is not a results folder: it has no manifest.json. ${advice}`);
  }
  const parsed = Manifest.safeParse(jsonIn(path));
  if (!parsed.success) throw new GraderError('RESULT_INVALID', `${path} is damaged. ${advice}`, parsed.error);
  return parsed.data;
}

/** What a file says, or undefined if it is no JSON: what does not fit is found by its schema. */
export function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
