import { PhysicalMemory } from '../../../starter/arch/memory.ts';
import { walk } from '../../arch/mmu.ts';
import { FOUND, PAGING_4_LEVEL, type WalkedPage, walkPage } from '../../arch/page_walk.ts';
import { FewFrames, seeded } from '../../arch/tests/word_memory.ts';
import { X86_PF_INSTR, X86_PF_USER, X86_PF_WRITE } from '../../include/pgtable_types.ts';
import { breaksWalkLaw, WALK_FRAMES, type WalkedMemory } from '../page_walk.ts';

function textbook(): WalkedMemory {
  const memory = new PhysicalMemory(WALK_FRAMES);
  return {
    read: (at) => memory.read64(at),
    write: (at, entry) => memory.write64(at, entry),
    walk(root, va, access) {
      const kind = access & X86_PF_WRITE ? 'write' : access & X86_PF_INSTR ? 'fetch' : 'read';
      const mode = access & X86_PF_USER ? 'user' : 'supervisor';
      const result = walk(memory, root * 4096, va, { kind, mode });
      if (result.kind === 'gp') throw new Error('the law gives canonical addresses');
      return result.kind === 'ok' ? result.pa : ~result.code;
    },
  };
}

function fast(change: (page: WalkedPage) => void = () => {}): WalkedMemory {
  const memory = new FewFrames(WALK_FRAMES);
  const page: WalkedPage = { vpn: 0, pfn: 0, pageShift: 0, rights: 0, global: false };
  return {
    read: (at) => memory.read(at),
    write: (at, entry) => memory.write(at, entry),
    walk(root, va, access) {
      const vpn = Number((va >> 12n) & (2n ** 36n - 1n));
      const code = walkPage(PAGING_4_LEVEL, memory, root, vpn, access, page);
      if (code !== FOUND) return ~code;
      change(page);
      return (page.pfn + (vpn - page.vpn)) * 4096 + Number(va & 4095n);
    },
  };
}

describe('the law of walks', () => {
  test.each([1, 2, 3])('holds between the fast walk and that of the MMU, seed %i', (seed) => {
    expect(breaksWalkLaw(textbook(), fast(), seeded(seed), 4000)).toBeNull();
  });

  test('catches a walk that ends one frame too high', () => {
    const wrong = fast((page) => {
      page.pfn++;
    });
    expect(breaksWalkLaw(textbook(), wrong, seeded(1), 4000)).toContain('walk');
  });
});
