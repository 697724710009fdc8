/** Lists a folder on disk the way an archive is listed. Links are never followed. */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GraderError } from '../../errors.ts';
import { byCodeUnits, type Content, inMiB, isJunk, type Listing, quote, type SourceEntry } from './entry.ts';
import { MAX_ENTRIES } from './limits.ts';

/** @throws GraderError INTAKE_UNSAFE for more than MAX_ENTRIES entries, INTAKE_UNREADABLE for a folder without permission */
export function listFolder(root: string): Listing {
  const entries: SourceEntry[] = [];
  const folders: string[] = [];
  const waiting = [{ path: '', onDisk: root }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const child of children(at.onDisk)) {
      const path = at.path === '' ? child.name.normalize('NFC') : `${at.path}/${child.name.normalize('NFC')}`;
      const onDisk = join(at.onDisk, child.name);
      if (isJunk(path)) continue;
      if (child.isDirectory()) {
        folders.push(path);
        waiting.push({ path, onDisk });
      } else {
        entries.push({ path, read: async (maxBytes) => readFile(child, onDisk, maxBytes) });
      }
      if (entries.length + folders.length > MAX_ENTRIES) {
        throw new GraderError(
          'INTAKE_UNSAFE',
          `The folder ${quote(basename(root))} holds more than ${MAX_ENTRIES} files. Give the folder that has one folder for each student, and nothing else.`,
        );
      }
    }
  }
  return { entries, folders };
}

function children(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => byCodeUnits(a.name, b.name));
  } catch (cause) {
    throw new GraderError('INTAKE_UNREADABLE', `The folder ${quote(folder)} cannot be read. Check who may.`, cause);
  }
}

function readFile(file: Dirent, onDisk: string, maxBytes: number): Content {
  if (!file.isFile()) return { kind: 'refused', says: 'is a link or a device, which is never followed' };
  try {
    if (statSync(onDisk).size > maxBytes) return { kind: 'refused', says: `is larger than ${inMiB(maxBytes)}` };
    return { kind: 'bytes', bytes: readFileSync(onDisk) };
  } catch (cause) {
    throw new GraderError('INTAKE_UNREADABLE', `The file ${quote(onDisk)} cannot be read. Check who may.`, cause);
  }
}
