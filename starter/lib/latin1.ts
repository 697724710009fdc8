/** Bytes as texts of one character each, and back: what the simulated machine's files are made of. */

/** @param text  no character above 255 */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Letters that are made at a time: each is an argument of a call. */
const LETTERS = 2 ** 13;

export function textOf(bytes: Uint8Array): string {
  // Files that only have a size are all zero: the common case, and the large one.
  if (isZero(bytes)) return '\0'.repeat(bytes.length);
  let text = '';
  for (let at = 0; at < bytes.length; at += LETTERS) {
    text += Reflect.apply(String.fromCharCode, null, bytes.subarray(at, at + LETTERS));
  }
  return text;
}

function isZero({ buffer, byteOffset, length }: Uint8Array): boolean {
  if (byteOffset % 4 !== 0 || length % 4 !== 0) return false;
  const words = new Uint32Array(buffer, byteOffset, length / 4);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}
