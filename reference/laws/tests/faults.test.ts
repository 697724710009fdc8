import fc from 'fast-check';
import { ENOMEM } from '../../include/errno.ts';
import {
  MADV_DONTNEED,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_READ,
  PROT_WRITE,
} from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { panic } from '../../lib/panic.ts';
import { exitMmap } from '../../mm/exit_mmap.ts';
import type { TouchResult } from '../../mm/fault.ts';
import { dupMm } from '../../mm/fork.ts';
import { doMadvise } from '../../mm/madvise.ts';
import { MmStruct } from '../../mm/mm_struct.ts';
import { doMmap } from '../../mm/mmap.ts';
import { doMprotect } from '../../mm/mprotect.ts';
import { doMremap } from '../../mm/mremap.ts';
import { MACHINE } from '../../mm/tests/process.ts';
import { cachedFile, makeRooms, physicalAddress, type Rooms, touch } from '../../mm/tests/rooms.ts';
import { CommitAccount } from '../../mm/util.ts';
import { validatePages } from '../../mm/validate_pages.ts';
import { doMunmap } from '../../mm/vma_munmap.ts';
import { breaksFaultLaw, type MappingKind, type PagedSystem, type Random } from '../faults.ts';

const RW = PROT_READ | PROT_WRITE;
const KINDS: Readonly<Record<MappingKind, number>> = {
  anon: MAP_PRIVATE | MAP_ANONYMOUS,
  shared: MAP_SHARED | MAP_ANONYMOUS,
  'file-private': MAP_PRIVATE,
  'file-shared': MAP_SHARED,
};
const FILE = new Map(Array.from({ length: 16 }, (_, index) => [index, [index, index]] as const));

/** The reference, with files whose pages hold their number in each word. */
function reference(rooms: Rooms): PagedSystem {
  const { system, allocator } = rooms;
  const file = cachedFile(rooms, 'file', 16);
  const rlimits = { as: Infinity, data: Infinity, stack: Infinity, memlock: Infinity };
  const capable = { ipcLock: true, sysRawio: true, sysAdmin: true };
  const owner = { system, machine: MACHINE, commit: new CommitAccount(MACHINE), rlimits, capable };
  const layout = { mmapBase: 2 ** 40, mmapLegacyBase: 2 ** 30, startBrk: 0 };
  const mms = new Map<number, MmStruct>();
  let next = 0;
  const mm = (proc: number): MmStruct => mms.get(proc) ?? panic(`no process ${proc}`);
  const add = (made: MmStruct): number => {
    mms.set(next, made);
    return next++;
  };
  const answer = (result: TouchResult): number | null => (result === 'ok' ? 0 : result === 'OOM' ? -ENOMEM : null);
  return {
    spawn() {
      const made = MmStruct.create(owner, layout);
      return made === null ? -ENOMEM : add(made);
    },
    mmap(proc, addr, len, kind, offset) {
      const request = { addr, len, prot: RW, flags: KINDS[kind] | MAP_FIXED, offset: offset * PAGE_SIZE };
      return doMmap(mm(proc), { ...request, file }, (pages) => system.shmem.create('shared', pages));
    },
    munmap: (proc, addr, len) => doMunmap(mm(proc), addr, len),
    mprotect: (proc, addr, len, writable) => doMprotect(mm(proc), addr, len, writable ? RW : PROT_READ),
    mremap: (proc, addr, len, to) =>
      doMremap(mm(proc), { addr, oldLen: len, newLen: len, flags: MREMAP_MAYMOVE | MREMAP_FIXED, newAddr: to }),
    discard: (proc, addr, len) => doMadvise(mm(proc), addr, len, MADV_DONTNEED),
    fork(proc) {
      const child = dupMm(mm(proc));
      return typeof child === 'number' ? child : add(child);
    },
    exit(proc) {
      exitMmap(mm(proc));
      mms.delete(proc);
    },
    read(proc, addr) {
      const result = answer(touch(rooms, mm(proc), addr, false));
      return result === 0 ? system.memory.readByte(physicalAddress(rooms, mm(proc), addr)) : result;
    },
    write(proc, addr, value) {
      const result = answer(touch(rooms, mm(proc), addr, true));
      if (result === 0) system.memory.writeByte(physicalAddress(rooms, mm(proc), addr), value);
      return result;
    },
    freeFrames() {
      system.mlockBatch.drain();
      return allocator.totalPages - system.memMap.refcount.filter((count) => count > 0).length;
    },
    validate() {
      for (const each of mms.values()) each.validate();
      validatePages(system, [...mms.values()]);
    },
  };
}

/** A linear congruential generator: the same numbers on every run. */
function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('faults of the reference', () => {
  test('obey the laws', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (seed) => {
        expect(breaksFaultLaw(reference(makeRooms(1024)), FILE, seeded(seed), 120)).toBe(null);
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  test('obey them when the n-th page that is asked for is not there, for every n', () => {
    for (let n = 1, reached = true; reached; n++) {
      const rooms = makeRooms(1024);
      const system = reference(rooms);
      let asked = 0;
      rooms.allocator.failNext = { shouldFail: (what) => what === 'page' && ++asked === n };
      expect(breaksFaultLaw(system, FILE, seeded(7), 30)).toBe(null);
      reached = asked >= n;
    }
  });

  test('obey them when every third page is not there', () => {
    for (let seed = 0; seed < 4; seed++) {
      const rooms = makeRooms(1024);
      const system = reference(rooms);
      let asked = 0;
      rooms.allocator.failNext = { shouldFail: (what) => what === 'page' && ++asked % 3 === 0 };
      expect(breaksFaultLaw(system, FILE, seeded(seed), 100)).toBe(null);
    }
  });
});
