/**
 * Writes a zip whose bytes depend on its files alone: names sorted, one fixed date in UTC, one mode, nothing packed
 * (what zlib makes of the same bytes changes between versions of Node). No data descriptors and no entries for
 * folders; names that are not ASCII carry the UTF-8 flag.
 */
import { ZipArchive } from 'archiver';
import { byCodeUnits } from './entry.ts';

/** The first date that a zip can hold. */
const DATE = new Date(Date.UTC(1980, 0, 1));

export async function packZip(files: ReadonlyMap<string, string | Uint8Array>): Promise<Uint8Array> {
  const archive = new ZipArchive({ store: true });
  for (const [name, content] of [...files].sort(([a], [b]) => byCodeUnits(a, b))) {
    archive.append(Buffer.from(content), { name, date: DATE, mode: 0o644 });
  }
  const finished = archive.finalize();
  const chunks: Uint8Array[] = [];
  const stream: AsyncIterable<Uint8Array> = archive;
  for await (const chunk of stream) chunks.push(chunk);
  await finished;
  return Buffer.concat(chunks);
}
