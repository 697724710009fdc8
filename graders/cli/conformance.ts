/** `osgrade conformance`: holds the reference kernel against recordings of a real one. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { conformance } from '../conformance/conformance.ts';
import { COURSE } from '../course.ts';

/**
 * @param files  recordings; none: those of the project
 * @returns what to print, and whether everything agrees
 */
export async function conformanceCommand(files: readonly string[]): Promise<[string, boolean]> {
  return conformance(files.length > 0 ? files : ownRecordings());
}

function ownRecordings(): string[] {
  const folder = join(COURSE.reference, 'recordings');
  const names = readdirSync(folder).filter((name) => /\.json(\.gz)?$/.test(name));
  return names.sort().map((name) => join(folder, name));
}
