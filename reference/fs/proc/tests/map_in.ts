import type { MapFigures } from '../maps.ts';

/** The line of a mapping. */
export function mapIn(line: string): MapFigures {
  const [range = '', perms = '', offset = '', dev = '', ino = '', ...name] = line.split(/ +/);
  const [start = 0, end = 0] = range.split('-').map((address) => Number.parseInt(address, 16));
  return { start, end, perms, offset: Number.parseInt(offset, 16), dev, ino: Number(ino), name: name.join(' ') };
}
