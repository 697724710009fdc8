/**
 * Reads a zip by its central directory: local headers are never believed, and of sizes only what was counted.
 * Whose fault a bad zip is depends on who packed it, so nothing is thrown for it: the caller decides.
 */
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { type Content, inMiB, type Listing, quote, type SourceEntry, unsafeName } from './entry.ts';
import { EXPANSION_COUNTS_FROM_BYTES, MAX_ENTRIES, MAX_EXPANSION } from './limits.ts';

export type OpenedZip =
  | ({ readonly kind: 'opened'; close(): void } & Listing)
  | { readonly kind: 'unreadable'; readonly says: string }
  | { readonly kind: 'unsafe'; readonly entry: string; readonly says: string };

/** Names are decoded and sizes counted here, so that each refusal has its own sentence. */
const OPTIONS = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: false };

/**
 * @param from  the path of a zip, or the bytes of one
 * @returns the listing, or why the zip as a whole is refused. An opened one must be closed.
 */
export async function openZip(from: string | Uint8Array): Promise<OpenedZip> {
  let zip: ZipFile;
  try {
    zip = await (typeof from === 'string'
      ? openPromise(from, OPTIONS)
      : fromBufferPromise(Buffer.from(from.buffer, from.byteOffset, from.byteLength), OPTIONS));
  } catch (cause) {
    return { kind: 'unreadable', says: `is no complete zip archive (${said(cause)})` };
  }
  const listing = await list(zip);
  if (listing.kind !== 'opened') zip.close();
  return listing;
}

async function list(zip: ZipFile): Promise<OpenedZip> {
  if (zip.entryCount > MAX_ENTRIES) {
    return { kind: 'unsafe', entry: '', says: `holds ${zip.entryCount} entries; at most ${MAX_ENTRIES} are read` };
  }
  const entries: SourceEntry[] = [];
  const folders: string[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
      const unsafe = unsafeName(name) ?? unsafeKind(entry);
      if (unsafe !== undefined) return { kind: 'unsafe', entry: name, says: `its entry ${quote(name)} ${unsafe}` };
      const path = name.normalize('NFC');
      if (path.endsWith('/')) folders.push(path.slice(0, -1));
      else entries.push({ path, read: (maxBytes) => readEntry(zip, entry, maxBytes) });
    }
  } catch (cause) {
    return { kind: 'unreadable', says: `has a damaged directory (${said(cause)})` };
  }
  return { kind: 'opened', entries, folders, close: () => zip.close() };
}

function unsafeKind(entry: Entry): string | undefined {
  // Upper half of the external attributes: the Unix mode, 0 when the packer had none.
  const type = (entry.externalFileAttributes >>> 16) & 0xf000;
  if (type === 0xa000) return 'is a symbolic link';
  if (type !== 0 && type !== 0x8000 && type !== 0x4000) return 'is neither a file nor a folder';
  if ((entry.generalPurposeBitFlag & 0x2041) !== 0) return 'is encrypted';
  return undefined;
}

async function readEntry(zip: ZipFile, entry: Entry, maxBytes: number): Promise<Content> {
  const declared = entry.uncompressedSize;
  if (declared > maxBytes) return { kind: 'refused', says: `is larger than ${inMiB(maxBytes)}` };
  if (!entry.canDecodeFileData()) {
    return { kind: 'unreadable', says: `is packed by a method (${entry.compressionMethod}) that is not read here` };
  }
  // The declared size bounds the buffer; the bytes that really come are counted against it.
  const bytes = new Uint8Array(declared);
  const packed = Math.max(1, entry.compressedSize);
  let count = 0;
  try {
    const stream: AsyncIterable<Uint8Array> = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) {
      if (count + chunk.length > declared) return { kind: 'unsafe', says: 'holds more than the archive says' };
      bytes.set(chunk, count);
      count += chunk.length;
      if (count > EXPANSION_COUNTS_FROM_BYTES && count > packed * MAX_EXPANSION) {
        return { kind: 'refused', says: `grows more than ${MAX_EXPANSION}-fold when it is opened` };
      }
    }
  } catch (cause) {
    return { kind: 'unreadable', says: `is damaged (${said(cause)})` };
  }
  if (count < declared) return { kind: 'unreadable', says: 'is cut short' };
  if (crc32(bytes) !== entry.crc32) return { kind: 'unreadable', says: 'is damaged (its checksum does not match)' };
  return { kind: 'bytes', bytes };
}

function said(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
}
