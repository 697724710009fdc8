/** Writes /proc and /sys of a machine into a folder, for programs that can be pointed there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../reference/shell/session.ts';
import { writeFailed } from '../store/write.ts';
import { toBytes } from './drive.ts';

/** Files of any other kind, those without an end among them, are not written. */
const TREES = ['/proc', '/sys'];

/** @returns how many files were written. @throws GraderError OUTPUT_FAILED */
export function exportTree(session: Session, folder: string): number {
  let written = 0;
  const walk = (path: string): void => {
    const to = join(folder, ...path.split('/').slice(1));
    const stat = session.files.stat(path);
    if (typeof stat === 'number') return;
    try {
      if (stat.kind === 'dir') {
        mkdirSync(to, { recursive: true });
      } else {
        const text = session.files.readText(path);
        if (text === null) return;
        writeFileSync(to, toBytes(text));
        written++;
        return;
      }
    } catch (cause) {
      throw writeFailed(to, cause);
    }
    const names = session.files.list(path);
    for (const name of typeof names === 'number' ? [] : names) walk(`${path}/${name}`);
  };
  for (const tree of TREES) walk(tree);
  return written;
}
