/** Writing results: a file is there whole, or not at all. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { GraderError } from '../errors.ts';

const SAYS: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Free some space and run the same command again: what is graded is kept.',
  EDQUOT: 'Your disk quota is used up. Free some space and run the same command again: what is graded is kept.',
  EACCES: 'You may not write there. Choose another folder with --out.',
  EPERM: 'You may not write there. Choose another folder with --out.',
  EROFS: 'That disk can only be read. Choose another folder with --out.',
  ENOTDIR: 'A part of that path is a file, not a folder. Choose another folder with --out.',
  EEXIST: 'A part of that path is a file, not a folder. Choose another folder with --out.',
};

/** @throws GraderError OUTPUT_FAILED; the file is then as it was before */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const partial = `${path}.partial`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(partial, content);
    renameSync(partial, path);
  } catch (cause) {
    rmSync(partial, { force: true });
    throw writeFailed(path, cause);
  }
}

export function writeFailed(path: string, cause: unknown): GraderError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new GraderError('OUTPUT_FAILED', `${path} could not be written. ${SAYS[code ?? ''] ?? message}`, cause);
}
