import type { Access, Translation } from './cpu.ts';
import type { PhysicalMemory } from './memory.ts';

// An entry is looked at as two numbers of 32 bits: hi = bits 63..32, lo = bits 31..0.
const hiOf = (e: bigint): number => Number(e >> 32n);
const loOf = (e: bigint): number => Number(e & 0xffff_ffffn);

/** By level, from the PGD: the first bit of its index; bits of lo that must be 0 in a leaf; whether a leaf may stand here. */
const TABLE = [
  { bit: 39, zeroLo: 0x80, leaf: 'no' },
  { bit: 30, zeroLo: 0x3fff_e000, leaf: 'ps' },
  { bit: 21, zeroLo: 0x001f_e000, leaf: 'ps' },
  { bit: 12, zeroLo: 0, leaf: 'yes' },
] as const;
/** Frame bits 46..51 are bits 14..19 of hi. */
const ZERO_HI = 0xfc000;

interface Seen {
  at: number;
  e: bigint;
}

function codeOf(a: Access, low: number): Translation {
  let code = low;
  if (a.kind === 'write') code |= 2;
  if (a.mode === 'user') code |= 4;
  if (a.kind === 'fetch') code |= 16;
  return { kind: 'pf', code };
}

function canonical(va: bigint): boolean {
  const hi = Number(va >> 47n);
  return hi === 0 || hi === 2 ** 17 - 1;
}

type Allowed = { readonly user: boolean; readonly write: boolean; readonly fetch: boolean };

function refused(r: Allowed, a: Access): boolean {
  if (r.user !== (a.mode === 'user')) return true;
  return (a.kind === 'write' && !r.write) || (a.kind === 'fetch' && !r.fetch);
}

type Outcome = { t: Translation; bit: number; allowed: Allowed; dirty: boolean };

function steps(memory: PhysicalMemory, cr3: number, va: bigint, a: Access): Outcome {
  const none = { user: false, write: false, fetch: false };
  const no = (t: Translation): Outcome => ({ t, bit: 12, allowed: none, dirty: false });
  if (!canonical(va)) return no({ kind: 'gp' });
  const path: Seen[] = [];
  let base = cr3;
  for (const { bit, zeroLo, leaf } of TABLE) {
    const at = base + Number((va >> BigInt(bit)) & 511n) * 8;
    const e = memory.read64(at);
    const [hi, lo] = [hiOf(e), loOf(e)];
    if (lo % 2 === 0) return no(codeOf(a, 0));
    const ends = leaf === 'yes' || (leaf === 'ps' && (lo & 0x80) !== 0);
    if ((hi & ZERO_HI) !== 0 || ((ends || leaf === 'no') && (lo & zeroLo) !== 0)) return no(codeOf(a, 9));
    path.push({ at, e });
    base = (hi & 0xfffff) * 2 ** 32 + (lo - (lo % 4096));
    if (!ends) continue;
    const los = path.map((p) => loOf(p.e));
    const allowed = {
      user: los.every((l) => (l & 4) !== 0),
      write: los.every((l) => (l & 2) !== 0),
      fetch: path.every((p) => hiOf(p.e) < 2 ** 31),
    };
    if (refused(allowed, a)) return no(codeOf(a, 1));
    path.forEach((p, i) => {
      let marked = p.e | 0x20n;
      if (i === path.length - 1 && a.kind === 'write') marked |= 0x40n;
      if (marked !== p.e) memory.write64(p.at, marked);
    });
    const size = 2 ** bit;
    const pa = base - (base % size) + Number(va % BigInt(size));
    return { t: { kind: 'ok', pa }, bit, allowed, dirty: a.kind === 'write' || (lo & 0x40) !== 0 };
  }
  return no({ kind: 'gp' });
}

export function walk(memory: PhysicalMemory, cr3: number, va: bigint, access: Access): Translation {
  return steps(memory, cr3, va, access).t;
}

/** The cache: by "bit:page number", so a lookup asks once for each of the three sizes. */
export const Mmu = function Mmu(memory: PhysicalMemory, start: number) {
  let cr3 = start;
  let cache = new Map<string, { base: number; allowed: Allowed; dirty: boolean }>();
  const keys = (va: bigint): [string, bigint][] =>
    [12n, 21n, 30n].map((bit) => [`${bit}:${va >> bit}`, va & ((1n << bit) - 1n)]);

  const self = {
    access(va: bigint, a: Access): Translation {
      for (const [key, offset] of keys(va)) {
        const c = cache.get(key);
        if (c === undefined || refused(c.allowed, a) || (a.kind === 'write' && !c.dirty)) continue;
        return { kind: 'ok', pa: c.base + Number(offset) };
      }
      self.invlpg(va);
      const { t, bit, allowed, dirty } = steps(memory, cr3, va, a);
      if (t.kind === 'ok') {
        if (cache.size > 63) cache.clear();
        cache.set(`${bit}:${va >> BigInt(bit)}`, { base: t.pa - (t.pa % 2 ** bit), allowed, dirty });
      }
      return t;
    },
    invlpg(va: bigint): void {
      for (const [key] of keys(va)) cache.delete(key);
    },
    loadCr3(next: number): void {
      // keeps the old address space, in case it comes back
      const history: Uint8Array[] = [];
      while (history.length < next) history.push(new Uint8Array(2 ** 20));
      cr3 = next;
      cache = new Map();
    },
    accessWithFaults(va: bigint, a: Access, handler: (va: bigint, code: number) => void): Translation {
      let tried = 0;
      let t = self.access(va, a);
      while (t.kind === 'pf' && !(tried & (1 << t.code))) {
        tried |= 1 << t.code;
        handler(va, t.code);
        t = self.access(va, a);
      }
      return t;
    },
  };
  return self;
} as unknown as new (memory: PhysicalMemory, start: number) => {
  access(va: bigint, a: Access): Translation;
  invlpg(va: bigint): void;
  loadCr3(next: number): void;
  accessWithFaults(va: bigint, a: Access, handler: (va: bigint, code: number) => void): Translation;
};
