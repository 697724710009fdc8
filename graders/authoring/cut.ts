/**
 * Takes the lines from `from` to `to` out of a formatted text, so that it stays formatted: no blank line is left doubled,
 * or at an edge of a block or of the file; a block that held nothing else closes up.
 */
export function cut(text: string, from: number, to: number): string {
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const newline = text.indexOf('\n', to);
  let before = text.slice(0, lineStart);
  let after = newline < 0 ? '' : text.slice(newline + 1);
  if (before === '' || before.endsWith('\n\n') || before.endsWith('{\n')) after = after.replace(/^\n+/, '');
  const closes = /^[ \t]*\}/.exec(after);
  if (after === '' || closes) before = before.replace(/\n+$/, '\n');
  if (closes && before.endsWith('{\n')) return before.slice(0, -1) + after.slice(closes[0].length - 1);
  return before + after;
}
