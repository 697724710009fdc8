import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const style = readFileSync(join(__dirname, '../../../templates/partials/style.html.hbs'), 'utf8');

/** The colours of one `:root` block, in the order in which they stand: light, dark, print. */
function palette(index: number): Map<string, string> {
  const block = style.split(':root')[index + 1]?.split('}')[0] ?? '';
  return new Map(
    Array.from(block.matchAll(/--([a-z-]+): (#[0-9a-f]+)/g), ([, name = '', value = '']) => [name, value]),
  );
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const long = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex;
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(long.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const PAIRS = [
  ...['ink', 'quiet', 'accent'].flatMap((text) => [`${text} on page`, `${text} on sheet`]),
  ...['good', 'bad', 'warn', 'calm', 'ours'].flatMap((tone) => [
    `${tone} on page`,
    `${tone} on ${tone}-tint`,
    `ink on ${tone}-tint`,
  ]),
  'ink on code',
  'used-ink on used',
];

describe.each([
  ['light', 0],
  ['dark', 1],
  ['print', 2],
] as const)('%s', (_, index) => {
  test.each(PAIRS)('%s has a contrast of 4.5 or more', (pair) => {
    const [text, ground] = pair.split(' on ').map((name) => palette(index).get(name));
    expect(contrast(text ?? '#000', ground ?? '#000')).toBeGreaterThanOrEqual(4.5);
  });
});
