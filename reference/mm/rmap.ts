/**
 * Which anonymous pages a mapping may hold. A mapping gets an anon_vma with its first written page, and keeps a chain
 * of all whose pages it may hold: its own, and after a fork those of its ancestors.
 * Linux: mm/rmap.c.  SIMPLIFIED: no interval trees; pages do not point back yet.
 *
 *     parent   V --- chain: [A]                 V's pages belong to A
 *     child    V' -- chain: [A, B], own: B      old pages to A, new ones to B
 */
import { VM_ACCESS_FLAGS, VM_MAYBE_GUARD } from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { GapTree } from '../lib/gap_tree.ts';
import type { AnonVma, VmArea } from './vma.ts';

function newAnonVma(parent: AnonVma | null): AnonVma {
  if (parent !== null) parent.numChildren++;
  return { parent, numChildren: parent === null ? 1 : 0, numActiveVmas: 0, numLinks: 0 };
}

/** Linux: anon_vma_chain_link(). */
function link(vma: VmArea, chain: readonly AnonVma[]): void {
  vma.anonVmaChain.push(...chain);
  for (const each of chain) each.numLinks++;
}

function own(vma: VmArea, anonVma: AnonVma): void {
  vma.anonVma = anonVma;
  anonVma.numActiveVmas++;
}

/**
 * Sees to it that a mapping has an anon_vma, before its first anonymous page: a neighbour's if the two could become one
 * mapping by mprotect alone, else a new one.
 */
export function anonVmaPrepare(vmas: GapTree<VmArea>, vma: VmArea): void {
  if (vma.anonVma !== null) return;
  const anonVma = findMergeableAnonVma(vmas, vma) ?? newAnonVma(null);
  link(vma, [anonVma]);
  own(vma, anonVma);
}

function findMergeableAnonVma(vmas: GapTree<VmArea>, vma: VmArea): AnonVma | null {
  const next = vmas.find(vma.vmEnd);
  if (next !== null && anonVmaCompatible(vma, next) && isSingular(next)) return next.anonVma;
  const prev = vmas.findPrev(vma.vmStart);
  return prev !== null && anonVmaCompatible(prev, vma) && isSingular(prev) ? prev.anonVma : null;
}

function anonVmaCompatible(a: VmArea, b: VmArea): boolean {
  return (
    a.vmEnd === b.vmStart &&
    a.vmFile === b.vmFile &&
    ((a.vmFlags ^ b.vmFlags) & ~(VM_ACCESS_FLAGS | VM_MAYBE_GUARD)) === 0 &&
    b.vmPgoff === a.vmPgoff + (b.vmStart - a.vmStart) / PAGE_SIZE
  );
}

const isSingular = (vma: VmArea): boolean => vma.anonVma !== null && vma.anonVmaChain.length === 1;

/** Whether this mapping's pages may be those of an ancestor process too. Linux: vma_is_fork_child(). */
export function vmaIsForkChild(vma: VmArea): boolean {
  return vma.anonVma !== null && vma.anonVmaChain.length > 1;
}

/** Gives `dst`, a part or copy of `src`, the anon_vma and chain of `src`. Linux: anon_vma_clone(). */
export function anonVmaClone(dst: VmArea, src: VmArea): void {
  link(dst, src.anonVmaChain);
  if (src.anonVma !== null) own(dst, src.anonVma);
}

/** `dst` swallows `src`: it takes over its anon_vma, unless it has one. Linux: dup_anon_vma(). */
export function dupAnonVma(dst: VmArea, src: VmArea): void {
  if (src.anonVma !== null && dst.anonVma === null) anonVmaClone(dst, src);
}

/**
 * The child's side of a fork: `vma` gets the chain of `parent` and an anon_vma of its own, or one of the chain that no
 * mapping uses any more and that has fewer than two children.
 */
export function anonVmaFork(vma: VmArea, parent: VmArea): void {
  if (parent.anonVma === null) return;
  link(vma, parent.anonVmaChain);
  const idle = parent.anonVmaChain.find(({ numActiveVmas, numChildren }) => numActiveVmas === 0 && numChildren < 2);
  if (idle !== undefined) {
    own(vma, idle);
    return;
  }
  const fresh = newAnonVma(parent.anonVma);
  link(vma, [fresh]);
  own(vma, fresh);
}

/** The mapping holds no anonymous pages any more. */
export function unlinkAnonVmas(vma: VmArea): void {
  for (const each of vma.anonVmaChain) {
    each.numLinks--;
    if (each.numLinks === 0 && each.parent !== null) each.parent.numChildren--;
  }
  if (vma.anonVma !== null) vma.anonVma.numActiveVmas--;
  vma.anonVma = null;
  vma.anonVmaChain = [];
}
