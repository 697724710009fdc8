/** One file of a source, be it an archive or a folder: what its name may be, and what reading it can come to. */
import { MAX_PATH_LENGTH } from './limits.ts';

export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** This one file is not taken: too large, a link. The rest of the source is unharmed. */
  | { readonly kind: 'refused'; readonly says: string }
  /** The source itself is broken here. */
  | { readonly kind: 'unreadable'; readonly says: string }
  /** The source itself lies, as no honest program writes it. */
  | { readonly kind: 'unsafe'; readonly says: string };

export interface SourceEntry {
  /** With forward slashes, Unicode NFC, relative, without `..`. */
  readonly path: string;
  /** Never holds more than `maxBytes` of the file, whatever the archive says about its size. */
  readonly read: (maxBytes: number) => Promise<Content>;
}

/** All names of a source, before any byte is read. `folders` has the empty ones too, without the trailing slash. */
export interface Listing {
  readonly entries: readonly SourceEntry[];
  readonly folders: readonly string[];
}

const JUNK_FOLDERS: ReadonlySet<string> = new Set(['__MACOSX', 'node_modules', '.git']);
const JUNK_FILES: ReadonlySet<string> = new Set(['.ds_store', 'thumbs.db', 'desktop.ini']);

/** What systems and tools leave behind. Nobody handed it in on purpose. */
export function isJunk(path: string): boolean {
  return path
    .split('/')
    .some((part) => JUNK_FOLDERS.has(part) || JUNK_FILES.has(part.toLowerCase()) || part.startsWith('._'));
}

/** @returns why this name is never unpacked, as the end of "its entry ...", or undefined when it is safe */
export function unsafeName(name: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'has a control character in its name';
  if (name.includes('\\')) return 'has a backslash in its name';
  if (name.startsWith('/')) return 'has an absolute path';
  if (/^[A-Za-z]:/.test(name)) return 'names a drive';
  if (name.split('/').includes('..')) return 'leads out of its folder with ".."';
  if (name.length > MAX_PATH_LENGTH) return `has a name longer than ${MAX_PATH_LENGTH} characters`;
  return undefined;
}

/** A name as text that is safe to show: quoted, control characters escaped, at most 120 characters. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 117)}...` : name);
}

/** `4 MiB`, `900 bytes`. */
export function inMiB(bytes: number): string {
  return bytes < 2 ** 20 ? `${bytes} bytes` : `${Math.floor(bytes / 2 ** 20)} MiB`;
}

/** Plain comparison by code units: the same order on every machine. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
