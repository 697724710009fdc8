import {
  MADV_HUGEPAGE,
  MADV_NOHUGEPAGE,
  MADV_NORMAL,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
} from '../../../include/mman.ts';
import { PAGE_SIZE } from '../../../include/param.ts';
import { rollupShow, smapShow } from '../smaps.ts';
import { anonymous, bootTwoNodes, readText } from './machine.ts';
import { mapIn } from './map_in.ts';
import { labelled, linesOf, recorded, shapeOf } from './recorded.ts';

describe('smapShow', () => {
  test('writes what a real machine wrote', () => {
    const lines = linesOf(recorded('self-smaps'));
    const LINES = 25;
    let shown = 0;
    for (let at = 0; at < lines.length; at += LINES) {
      const entry = lines.slice(at, at + LINES);
      const text = entry.map((line) => `${line}\n`).join('');
      if (text.startsWith('ffff')) continue;
      const figures = Object.fromEntries(labelled(text));
      const { THPeligible } = figures;
      const flags = (entry[LINES - 1] ?? '').replace('VmFlags: ', '').trim();
      const thpEligible = THPeligible === 1;
      expect(smapShow({ map: mapIn(entry[0] ?? ''), pageKb: 4, figures, thpEligible, flags })).toBe(text);
      shown++;
    }
    expect(shown).toBe(23);
  });
});

describe('rollupShow', () => {
  test('writes what a real machine wrote', () => {
    const text = recorded('self-smaps_rollup');
    const [head = '', ...rest] = linesOf(text);
    expect(rollupShow(mapIn(head), Object.fromEntries(labelled(`${rest.join('\n')}\n`)))).toBe(text);
  });
});

describe('smaps of a process', () => {
  const kernel = bootTwoNodes();
  const start = anonymous(kernel, 1, 8, 6);
  const shared = Number(
    kernel.syscall(1, 'mmap', 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
  );
  kernel.store(1, shared, 1);
  const children = [1, 2].map(() => Number(kernel.syscall(1, 'fork')));
  kernel.store(children[0], start, 2);

  test('has the lines of a real machine', () => {
    const entry = (text: string): string[] => shapeOf(text).slice(1, 25);
    expect(entry(readText(kernel, '/proc/1/smaps'))).toEqual(entry(recorded('self-smaps')));
    const rollup = (text: string): string[] => shapeOf(text).slice(1);
    expect(rollup(readText(kernel, '/proc/1/smaps_rollup'))).toEqual(rollup(recorded('self-smaps_rollup')));
  });

  test('divides pages among those who map them; what is left of a kB is dropped at the end only', () => {
    const rollup = new Map(labelled(readText(kernel, '/proc/1/smaps_rollup')));
    // Five pages of three, one of two, and the shared one, which the children have not touched: 20/3 + 2 + 4.
    const shown = ['Rss', 'Pss', 'Pss_Anon', 'Pss_Shmem', 'Anonymous', 'Shared_Dirty', 'Private_Dirty'];
    expect(shown.map((name) => rollup.get(name))).toEqual([28, 12, 8, 4, 24, 24, 4]);
  });

  test.each([
    ['never', 2, MAP_PRIVATE, MADV_HUGEPAGE, 0],
    ['madvise', 2, MAP_PRIVATE, MADV_NORMAL, 0],
    ['madvise', 2, MAP_PRIVATE, MADV_HUGEPAGE, 1],
    ['always', 2, MAP_PRIVATE, MADV_NORMAL, 1],
    ['always', 2, MAP_PRIVATE, MADV_NOHUGEPAGE, 0],
    ['always', 2, MAP_SHARED, MADV_NORMAL, 0],
    // No 2 MiB at a multiple of them fit into it.
    ['always', 3, MAP_PRIVATE, MADV_NORMAL, 0],
  ] as const)('%s, from %d MiB on, flags %d, advice %d: eligible is %d', (enabled, mib, flags, advice, expected) => {
    const { policy } = kernel.rooms;
    policy.thpEnabled = enabled;
    const [addr, len] = [2 ** 32 + mib * 2 ** 20, 3 * 2 ** 20 - PAGE_SIZE];
    kernel.syscall(1, 'mmap', addr, len, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    kernel.syscall(1, 'madvise', addr, len, advice);
    const lines = linesOf(readText(kernel, '/proc/1/smaps'));
    const first = lines.findIndex((line) => line.startsWith(addr.toString(16)));
    expect(lines[first + 23]).toBe(`THPeligible:           ${expected}`);
    kernel.syscall(1, 'munmap', addr, len);
  });
});
