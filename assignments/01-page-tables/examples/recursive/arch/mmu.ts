import type { PhysAddr, Pte, VirtAddr } from '../include/types.ts';
import { type Access, type Fault, MAX_PHYS_BITS, type Translation } from './cpu.ts';
import type { PhysicalMemory } from './memory.ts';

interface Rights {
  rw: boolean;
  us: boolean;
  nx: boolean;
}
type Hit = Rights & { kind: 'ok'; pa: PhysAddr; bits: bigint; dirty: boolean };

const A = 32n;
const D = 64n;

function fault(access: Access, why: number): Fault {
  return {
    kind: 'pf',
    code: why + (access.kind === 'write' ? 2 : 0) + (access.mode === 'user' ? 4 : 0) + (access.kind === 'fetch' ? 16 : 0),
  };
}

function ones(from: number, to: number): bigint {
  return (1n << BigInt(to)) - (1n << BigInt(from));
}

function may(r: Rights, access: Access): boolean {
  return r.us === (access.mode === 'user') && (access.kind !== 'write' || r.rw) && (access.kind !== 'fetch' || !r.nx);
}

/** d = 3 for the PGD, 0 for the PTE. A and D are set on the way back up, when all is known to be well. */
function down(memory: PhysicalMemory, table: bigint, d: number, va: VirtAddr, access: Access, above: Rights): Hit | Fault {
  const low = 12 + 9 * d;
  const at = Number(table + BigInt.asUintN(9, va >> BigInt(low)) * 8n);
  const e: Pte = memory.read64(at);
  if (BigInt.asUintN(1, e) === 0n) return fault(access, 0);
  const ps = (e & 128n) !== 0n;
  const isLeaf = d === 0 || (ps && d < 3);
  let zero = ones(MAX_PHYS_BITS, 52);
  if (d === 3) zero |= 128n;
  else if (d > 0 && ps) zero |= ones(13, low);
  if (e & zero) return fault(access, 9);
  const here = { rw: above.rw && (e & 2n) !== 0n, us: above.us && (e & 4n) !== 0n, nx: above.nx || e >> 63n === 1n };
  const mark = A | (isLeaf && access.kind === 'write' ? D : 0n);
  let result: Hit | Fault;
  if (isLeaf) {
    const pa = Number((e & ones(low, 52)) | BigInt.asUintN(low, va));
    const dirty = ((e | mark) & D) !== 0n;
    result = may(here, access) ? { kind: 'ok', pa, bits: BigInt(low), dirty, ...here } : fault(access, 1);
  } else result = down(memory, e & ones(12, 52), d - 1, va, access, here);
  if (result.kind === 'ok' && (e | mark) !== e) memory.write64(at, e | mark);
  return result;
}

function full(memory: PhysicalMemory, cr3: PhysAddr, va: VirtAddr, access: Access): Hit | Fault {
  if (BigInt.asUintN(64, BigInt.asIntN(48, va)) !== va) return { kind: 'gp' };
  return down(memory, BigInt(cr3), 3, va, access, { rw: true, us: true, nx: false });
}

export function walk(memory: PhysicalMemory, cr3: PhysAddr, va: VirtAddr, access: Access): Translation {
  return full(memory, cr3, va, access);
}

/** Remembers the last page only. */
export class Mmu {
  memory: PhysicalMemory;
  cr3: PhysAddr;
  last: { va: VirtAddr; hit: Hit } | null = null;

  constructor(memory: PhysicalMemory, cr3: PhysAddr) {
    this.memory = memory;
    this.cr3 = cr3;
  }

  private holds(va: VirtAddr): boolean {
    return this.last !== null && this.last.va >> this.last.hit.bits === va >> this.last.hit.bits;
  }

  access(va: VirtAddr, access: Access): Translation {
    if (this.last !== null && this.holds(va)) {
      const { va: from, hit } = this.last;
      if (may(hit, access) && (hit.dirty || access.kind !== 'write')) return { kind: 'ok', pa: hit.pa + Number(va - from) };
    }
    const hit = full(this.memory, this.cr3, va, access);
    this.last = hit.kind === 'ok' ? { va, hit } : null;
    return hit;
  }

  invlpg(va: VirtAddr): void {
    if (this.holds(va)) this.last = null;
  }

  loadCr3(cr3: PhysAddr): void {
    this.last = null;
    this.cr3 = cr3;
  }

  accessWithFaults(va: VirtAddr, access: Access, handler: (va: VirtAddr, code: number) => void): Translation {
    const attempt = (seen: readonly number[]): Translation => {
      const result = this.access(va, access);
      if (result.kind !== 'pf' || seen.includes(result.code)) return result;
      handler(va, result.code);
      return attempt([...seen, result.code]);
    };
    return attempt([]);
  }
}
