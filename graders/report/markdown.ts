/**
 * Escapes for Markdown, as helpers of the templates: every value names the one it goes through. Student text must not
 * become markup in CommonMark, in GitHub's dialect or in the older ones of learning systems.
 */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Inside a word it is no markup: `page_alloc`. */
const LOOSE_UNDERSCORE = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** Plain text in a sentence, a heading or a table's cell. */
export function text(value: string): string {
  return value
    .replace(/\s+/g, ' ')
    .replace(/[&<>]/g, (found) => ENTITIES[found] ?? found)
    .replace(/[\\`*{}[\]|~@$]/g, '\\$&')
    .replace(LOOSE_UNDERSCORE, '\\_')
    .replace(/:\/\//g, '\\:\\/\\/')
    .replace(/\bwww\./gi, 'www\\.')
    .replace(/#(?=\w)/g, '\\#')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^\s*[-+#=:]/, '\\$&');
}

/** The longest run of backticks. */
const longestRun = (value: string): number =>
  Math.max(0, ...Array.from(value.matchAll(/`+/g), (found) => found[0].length));

/** A code span: one line, in more backticks than it holds itself. */
export function code(value: string): string {
  const one = value.replace(/\s+/g, ' ');
  if (one.trim() === '') return '(empty)';
  const ticks = '`'.repeat(longestRun(one) + 1);
  const pad = /^[` ]|[` ]$/.test(one) ? ' ' : '';
  return `${ticks}${pad}${one}${pad}${ticks}`;
}

/** A fenced block. Stands at the start of a line. */
export function fence(value: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(value) + 1));
  return `${ticks}text\n${value.replace(/\n+$/, '')}\n${ticks}`;
}
