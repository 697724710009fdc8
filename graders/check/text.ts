import { isUtf8 } from 'node:buffer';
import type { Finding } from '../model/result.ts';
import type { SubmittedFile } from '../model/submission.ts';
import { type Inspection, refusal, remark } from './inspection.ts';

/** Bytes of the largest source file that is read. */
const MAX_FILE_BYTES = 256 * 1024;

export interface Decoded extends Inspection {
  /** Null when the file is not text. */
  readonly text: string | null;
}

/**
 * The text of a source file: UTF-8, UTF-16 with its mark, or else every byte a Latin-1 letter (which harms nothing but
 * comments and string literals).
 * @param path  where it belongs in starter/, for the findings
 */
export function decode(file: SubmittedFile, path: string): Decoded {
  const { bytes } = file;
  const found = (severity: Finding['severity'], says: string): Finding => ({
    severity,
    rule: 'unreadable',
    says,
    at: null,
  });
  if (bytes.length > MAX_FILE_BYTES) {
    const says = `${path} is ${Math.ceil(bytes.length / 1024)} KiB large; source files of up to ${MAX_FILE_BYTES / 1024} KiB are read.`;
    return { text: null, ...refusal(found('error', says)) };
  }
  const wide = wideText(bytes);
  if (wide !== null) return { text: wide, findings: [], reasons: [] };
  if (bytes.includes(0)) {
    const says = `${path} is not a text file: it holds zero bytes. Save it as plain text, encoded in UTF-8.`;
    return { text: null, ...refusal(found('error', says)) };
  }
  if (isUtf8(bytes)) return { text: new TextDecoder().decode(bytes), findings: [], reasons: [] };
  const says = `${path} is not encoded in UTF-8; it was read as Latin-1, so letters with accents may look wrong.`;
  return { text: Buffer.from(bytes).toString('latin1'), ...remark(found('note', says)) };
}

/** UTF-16, if the bytes open with its byte-order mark. */
function wideText(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first !== 0xfe || second !== 0xff) return null;
  const swapped = Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
  return new TextDecoder('utf-16le').decode(swapped);
}
