/** Opens what the instructor points at, a folder or a zip. A bad one is the instructor's to replace: a GraderError. */
import { type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { GraderError } from '../../errors.ts';
import { listFolder } from './disk.ts';
import { type Listing, quote, type SourceEntry } from './entry.ts';
import { openZip } from './read.ts';

export interface Source extends Listing {
  /** The last part of its path, to name it in sentences. */
  readonly name: string;
  readonly kind: 'folder' | 'zip';
  close(): void;
}

/**
 * @throws GraderError INTAKE_NOT_FOUND, INTAKE_UNREADABLE (no zip, or a damaged one), INTAKE_UNSAFE (an entry that is
 * never unpacked; no byte was read then). Entries of a zip throw the last two when they are read.
 */
export async function openSource(path: string): Promise<Source> {
  const stats = look(path);
  const name = basename(path);
  if (stats.isDirectory()) return { ...listFolder(path), name, kind: 'folder', close: () => undefined };
  const zip = await openZip(path);
  switch (zip.kind) {
    case 'opened':
      return { ...zip, name, kind: 'zip', entries: zip.entries.map((entry) => strict(name, entry)) };
    case 'unreadable':
      throw unreadable(name, zip.says);
    case 'unsafe':
      throw unsafe(name, zip.says);
    default:
      return zip satisfies never;
  }
}

function look(path: string): Stats {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined) return stats;
  throw new GraderError(
    'INTAKE_NOT_FOUND',
    `There is nothing at ${quote(path)}. Give the zip that was downloaded from the LMS, or a folder with one folder for each student.`,
  );
}

function strict(name: string, entry: SourceEntry): SourceEntry {
  const read = async (maxBytes: number) => {
    const content = await entry.read(maxBytes);
    if (content.kind === 'unreadable') throw unreadable(name, `has an entry ${quote(entry.path)} that ${content.says}`);
    if (content.kind === 'unsafe') throw unsafe(name, `its entry ${quote(entry.path)} ${content.says}`);
    return content;
  };
  return { path: entry.path, read };
}

function unreadable(name: string, says: string): GraderError {
  return new GraderError(
    'INTAKE_UNREADABLE',
    `${quote(name)} ${says}. Nothing was taken from it. Download it again, and give it as it comes, or unpacked as a folder.`,
  );
}

function unsafe(name: string, says: string): GraderError {
  return new GraderError(
    'INTAKE_UNSAFE',
    `${quote(name)} is not unpacked: ${says}. No LMS writes that; nothing was taken from it. Download it again from the LMS.`,
  );
}
