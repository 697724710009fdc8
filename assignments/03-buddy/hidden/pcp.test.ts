import fc from 'fast-check';
import { forAll, subject, Wrong } from '../../../graders/suite/index.ts';
import { zoneBatchsize } from '../../../reference/mm/pcp.ts';
import type * as Pcp from '../../../starter/mm/pcp.ts';

const pcp = subject<typeof Pcp>('mm/pcp');

/** A zone with so many pages, 100, 101, 102 ..., which never hands out again what came back. */
class Source {
  taken = 0;
  returned: number[] = [];
  private readonly pages: number;

  constructor(pages: number) {
    this.pages = pages;
  }

  rmqueue(order: number): number | null {
    if (order !== 0) throw new Error(`a per-CPU list asked for order ${order}`);
    return this.taken < this.pages ? 100 + this.taken++ : null;
  }

  freeOnePage(pfn: number, order: number): void {
    if (order !== 0) throw new Error(`a per-CPU list gave back order ${order}`);
    this.returned.push(pfn);
  }
}

type Step = { readonly kind: 'alloc' | 'drain' } | { readonly kind: 'free'; readonly pick: number };

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Step>({ kind: 'alloc' }) },
    { weight: 4, arbitrary: fc.nat(20).map((pick): Step => ({ kind: 'free', pick })) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'drain' }) },
  ),
  { maxLength: 24 },
);

interface Setting {
  readonly pages: number;
  readonly batch: number;
  readonly more: number;
}

/** The list, head first, kept beside the subject's. */
function play([{ pages, batch, more }, list]: readonly [Setting, readonly Step[]]): void {
  const high = batch + more;
  const source = new Source(pages);
  const cpu = new pcp.PerCpuPages(source, batch, high);
  const inUse: number[] = [];
  let model: number[] = [];
  let taken = 0;
  const done = [`a list of batch ${batch}, high ${high}, on a zone of ${pages} pages`];
  const same = (what: string, expected: string, actual: string) => {
    if (expected === actual) return;
    throw new Wrong({ steps: done, expected: `${what}${expected}`, actual: `${what}${actual}`, figures: [] });
  };
  for (const step of list) {
    source.returned = [];
    let back: readonly number[] = [];
    if (step.kind === 'alloc') {
      if (model.length === 0) {
        const refill = Math.min(batch, pages - taken);
        model = Array.from({ length: refill }, (_, i) => 100 + taken + i);
        taken += refill;
      }
      const expected = model.shift() ?? null;
      const pfn = cpu.alloc();
      done.push(`alloc() = ${pfn}`);
      same('', String(expected), String(pfn));
      if (pfn !== null) inUse.push(pfn);
    } else if (step.kind === 'free') {
      if (inUse.length === 0) continue;
      const [pfn] = inUse.splice(step.pick % inUse.length, 1);
      done.push(`free(${pfn})`);
      cpu.free(pfn);
      model.unshift(pfn);
      if (model.length >= high) back = model.splice(high - batch);
    } else {
      done.push('drain()');
      cpu.drain();
      back = model.splice(0);
    }
    same('back in the zone: ', sorted(back), sorted(source.returned));
    same('pages taken from the zone: ', String(taken), String(source.taken));
    same('count ', String(model.length), String(cpu.count));
  }
}

const sorted = (pages: readonly number[]) => [...pages].sort((a, b) => a - b).join(' ') || 'nothing';

describe('pcp', () => {
  const settings = fc.record({
    pages: fc.nat(30),
    batch: fc.integer({ min: 1, max: 4 }),
    more: fc.integer({ min: 1, max: 5 }),
  });

  test('alloc, free and drain', () => forAll(fc.tuple(settings, steps), play, 50));

  test('the batch of a zone', () => {
    for (const managed of [
      0,
      1,
      1023,
      1024,
      3840,
      8191,
      8192,
      16384,
      20480,
      65536,
      131072,
      196608,
      262144,
      772915,
      2 ** 24,
    ]) {
      const step = `zoneBatchsize(${managed}) = `;
      expect(step + pcp.zoneBatchsize(managed)).toBe(step + zoneBatchsize(managed));
    }
  });
});
