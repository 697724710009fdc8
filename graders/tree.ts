/** A tree of source files, in memory: an overlay, or what one is laid over. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of a kernel tree that are no part of the kernel. */
const NOT_KERNEL = new Set(['tests', 'laws']);

/** Text of each `.ts` file below a folder, tests and laws apart, by path with forward slashes, in order. */
export function sourceTree(folder: string, below = ''): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!NOT_KERNEL.has(entry.name)) for (const [file, text] of sourceTree(folder, path)) files.set(file, text);
    } else if (entry.name.endsWith('.ts')) {
      files.set(path, readFileSync(join(folder, path), 'utf8'));
    }
  }
  return files;
}
