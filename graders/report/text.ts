/**
 * Text of others, made fit to show: names, messages and paths of a student are hostile. What is returned is still plain
 * text: the templates escape it for HTML, the helpers of `markdown.ts` for Markdown.
 */

/** The most characters of a name or title, of a line, and of a text of several lines that a page shows. */
export const CAPS = { title: 160, line: 400, block: 4000 } as const;

/** What a reader cannot see but a terminal, a bidirectional layout or a parser obeys. Joiners stay: scripts need them. */
const INVISIBLE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const KEEP_LINES = /[\n\t]/;
/** Accents piled on one letter, beyond what any language writes. */
const PILE = /(\p{M}{4})\p{M}+/gu;

const clip = (text: string, cap: number): string => (text.length > cap ? `${text.slice(0, cap)}…` : text);

/** A text of several lines. Each character that would not be seen is replaced by U+FFFD; too long ends in an ellipsis. */
export function block(text: string, cap: number = CAPS.block): string {
  return clip(text, cap)
    .replaceAll('\r\n', '\n')
    .replace(INVISIBLE, (found) => (KEEP_LINES.test(found) ? found : '\ufffd'))
    .replace(PILE, '$1');
}

/** The same in one line: a line's end becomes a space. */
export function line(text: string, cap: number = CAPS.line): string {
  return block(text, cap).replace(/[\n\t]+/g, ' ');
}

/** A name, title or path in one line. */
export function title(text: string): string {
  return line(text, CAPS.title);
}

/** A title that begins as a sentence does. */
export function heading(text: string): string {
  return title(text).replace(/^\p{Ll}/u, (first) => first.toUpperCase());
}

/** Points as decimals without trailing zeros: 12500 is "12.5". */
export function points(milli: number): string {
  return String(milli / 1000);
}

/** A whole number in groups of three: "64,056,006". */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** At most two decimals, without trailing zeros: 1.904 is "1.9". Half up. */
export function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A count with its noun: "1 test", "3 tests". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
