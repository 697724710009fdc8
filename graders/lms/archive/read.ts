/**
 * Reads a zip by its central directory: local headers are never believed, and a size only as a limit that is kept.
 * Whose fault a bad zip is depends on who packed it, so nothing is thrown for it: the caller decides.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromBufferPromise, fromFdPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { type Content, inMiB, type Listing, quote, type SourceEntry, unsafeName } from './entry.ts';
import { EXPANSION_COUNTS_FROM_BYTES, MAX_ENTRIES, MAX_EXPANSION } from './limits.ts';

export type OpenedZip =
  | ({ readonly kind: 'opened'; close(): void } & Listing)
  | { readonly kind: 'unreadable'; readonly says: string }
  | { readonly kind: 'unsafe'; readonly entry: string; readonly says: string };

/** Packing never makes more of a file than a few bytes for each 16 KiB of it. */
const MAX_PACKING_OVERHEAD = 2 ** 16;

/** Bytes of the archive, wherever they are; fewer than asked for at its end. */
type BytesAt = (from: number, length: number) => Uint8Array;

/** Names are decoded and sizes judged here, so that each refusal has its own sentence. */
const OPTIONS = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: false };

/**
 * @param from  the path of a zip, or the bytes of one
 * @returns the listing, or why the zip as a whole is refused. An opened one must be closed.
 */
export async function openZip(from: string | Uint8Array): Promise<OpenedZip> {
  return typeof from === 'string'
    ? openFile(openSync(from, 'r'))
    : openBytes(Buffer.from(from.buffer, from.byteOffset, from.byteLength));
}

async function openFile(file: number): Promise<OpenedZip> {
  const bytesAt = (from: number, length: number) => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, from));
  };
  try {
    // From here on closing the zip closes the file.
    return await list(await fromFdPromise(file, OPTIONS), bytesAt);
  } catch (cause) {
    closeSync(file);
    return noZip(cause);
  }
}

async function openBytes(all: Buffer): Promise<OpenedZip> {
  try {
    return await list(await fromBufferPromise(all, OPTIONS), (from, length) => all.subarray(from, from + length));
  } catch (cause) {
    return noZip(cause);
  }
}

function noZip(cause: unknown): OpenedZip {
  return { kind: 'unreadable', says: `is no complete zip archive (${said(cause)})` };
}

/** Never rejects. Closes the zip unless it could be listed. */
async function list(zip: ZipFile, bytesAt: BytesAt): Promise<OpenedZip> {
  const listing = await entriesOf(zip, bytesAt);
  if (listing.kind !== 'opened') zip.close();
  return listing;
}

async function entriesOf(zip: ZipFile, bytesAt: BytesAt): Promise<OpenedZip> {
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
      const path = plainPath(name);
      if (name.endsWith('/')) folders.push(path);
      else entries.push({ path, read: (maxBytes) => readEntry(zip, bytesAt, entry, maxBytes) });
    }
  } catch (cause) {
    return { kind: 'unreadable', says: `has a damaged directory (${said(cause)})` };
  }
  return { kind: 'opened', entries, folders, close: () => zip.close() };
}

/** Without the `./` and the double slashes that some programs write. */
function plainPath(name: string): string {
  const parts = name.normalize('NFC').split('/');
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}

function unsafeKind(entry: Entry): string | undefined {
  // Upper half of the external attributes: the Unix mode, 0 when the packer had none.
  const type = (entry.externalFileAttributes >>> 16) & 0xf000;
  if (type === 0xa000) return 'is a symbolic link';
  if (type !== 0 && type !== 0x8000 && type !== 0x4000) return 'is neither a file nor a folder';
  if ((entry.generalPurposeBitFlag & 0x2041) !== 0) return 'is encrypted';
  return undefined;
}

async function readEntry(zip: ZipFile, bytesAt: BytesAt, entry: Entry, maxBytes: number): Promise<Content> {
  const declared = entry.uncompressedSize;
  if (declared > maxBytes) return { kind: 'refused', says: `is larger than ${inMiB(maxBytes)}` };
  if (declared > EXPANSION_COUNTS_FROM_BYTES && declared > entry.compressedSize * MAX_EXPANSION) {
    return { kind: 'refused', says: `grows more than ${MAX_EXPANSION}-fold when it is opened` };
  }
  if (!entry.canDecodeFileData()) {
    return { kind: 'unreadable', says: `is packed by a method (${entry.compressionMethod}) that is not read here` };
  }
  if (entry.compressedSize > declared + MAX_PACKING_OVERHEAD) {
    return { kind: 'unreadable', says: 'is damaged (its sizes contradict each other)' };
  }
  let opened: Uint8Array;
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = bytesAt(fileDataStart, entry.compressedSize);
    // What was declared was judged above; what really comes is never more than that.
    const limit = { maxOutputLength: Math.max(1, declared) };
    opened = entry.compressionMethod === 0 ? packed : inflateRawSync(packed, limit);
  } catch (cause) {
    if (codeOf(cause) === 'ERR_BUFFER_TOO_LARGE') return { kind: 'unsafe', says: 'holds more than the archive says' };
    return { kind: 'unreadable', says: `is damaged (${said(cause)})` };
  }
  if (opened.length > declared) return { kind: 'unsafe', says: 'holds more than the archive says' };
  if (opened.length < declared) return { kind: 'unreadable', says: 'is cut short' };
  if (crc32(opened) !== entry.crc32) return { kind: 'unreadable', says: 'is damaged (its checksum does not match)' };
  return { kind: 'bytes', bytes: new Uint8Array(opened) };
}

function said(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
