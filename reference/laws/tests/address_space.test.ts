import { ENOMEM } from '../../include/errno.ts';
import { VM_EXEC, VM_READ, VM_WRITE } from '../../include/mm_types.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { doMmap } from '../../mm/mmap.ts';
import { doMprotect } from '../../mm/mprotect.ts';
import { doMremap } from '../../mm/mremap.ts';
import { makeMm, newShmem } from '../../mm/tests/process.ts';
import { doMunmap } from '../../mm/vma_munmap.ts';
import { type AddressSpace, breaksAddressSpaceLaw, type Random, type ShownVma } from '../address_space.ts';

/** A linear congruential generator: the same numbers on every run. */
function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function ours(): AddressSpace {
  const mm = makeMm();
  const protOf = (flags: number): number =>
    (flags & VM_READ ? PROT_READ : 0) | (flags & VM_WRITE ? PROT_WRITE : 0) | (flags & VM_EXEC ? PROT_EXEC : 0);
  return {
    mmap: (addr, len, prot, flags) => doMmap(mm, { addr, len, prot, flags, file: null, offset: 0 }, newShmem),
    munmap: (addr, len) => doMunmap(mm, addr, len),
    mprotect: (addr, len, prot) => doMprotect(mm, addr, len, prot),
    mremap: (addr, oldLen, newLen, flags, newAddr) => doMremap(mm, { addr, oldLen, newLen, flags, newAddr }),
    vmas: () =>
      [...mm.vmas].map(({ vmStart, vmEnd, vmFlags }) => ({ start: vmStart, end: vmEnd, prot: protOf(vmFlags) })),
    committed: () => mm.owner.commit.committedAs,
    validate: () => mm.validate(),
  };
}

describe('the laws of an address space', () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))('hold for ours, seed %i', (seed) => {
    expect(breaksAddressSpaceLaw(ours(), seeded(seed), 300)).toBeNull();
  });

  /** One mapping for every page. */
  const pageWise = (space: AddressSpace): ShownVma[] =>
    space.vmas().flatMap(({ start, end, prot }) => {
      const pages = Array.from({ length: (end - start) / PAGE_SIZE }, (_, i) => start + i * PAGE_SIZE);
      return pages.map((page) => ({ start: page, end: page + PAGE_SIZE, prot }));
    });
  const isWhole = (space: AddressSpace, addr: number, len: number): boolean =>
    pageWise(space).filter(({ start }) => start >= addr && start < addr + len).length === len / PAGE_SIZE;

  test.each<[string, (space: AddressSpace) => Partial<AddressSpace>, string]>([
    [
      'changes nothing before a hole',
      (space) => ({ mprotect: (a, len, prot) => (isWhole(space, a, len) ? space.mprotect(a, len, prot) : -ENOMEM) }),
      'has rights',
    ],
    ['never unmaps', () => ({ munmap: () => 0 }), 'munmap'],
    ['never merges', (space) => ({ vmas: () => pageWise(space) }), 'were not merged'],
    ['promises nothing', () => ({ committed: () => 0 }), 'pages are promised'],
  ])('catch one that %s', (_, change, law) => {
    const space = ours();
    expect(breaksAddressSpaceLaw({ ...space, ...change(space) }, seeded(1), 300)).toContain(law);
  });
});
