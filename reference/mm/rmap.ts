/**
 * Which mappings may hold a page. A mapping gets an anon_vma with its first written page, and keeps a chain of all whose
 * pages it may hold: its own, and after a fork those of its ancestors. A page names its anon_vma or its file; from there
 * rmap_walk.ts finds the mappings.
 * Linux: mm/rmap.c.  SIMPLIFIED: sets instead of interval trees: a walk looks at every mapping of the anon_vma.
 *
 *     parent   V --- chain: [A]                 V's pages belong to A
 *     child    V' -- chain: [A, B], own: B      old pages to A, new ones to B
 */

import type { MappingId } from '../include/fs_types.ts';
import { VM_ACCESS_FLAGS, VM_MAYBE_GUARD } from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { GapTree } from '../lib/gap_tree.ts';
import type { AnonVma, VmArea } from './vma.ts';

/** All that leads from pages back to mappings. */
export class ReverseMap {
  /** By number. */
  readonly anonVmas = new Map<number, AnonVma>();
  /** Mappings of each file. Linux: i_mmap. */
  readonly files = new Map<MappingId, Set<VmArea>>();
  #lastId = 0;

  newAnonVma(parent: AnonVma | null): AnonVma {
    if (parent !== null) parent.numChildren++;
    const id = ++this.#lastId;
    const anonVma = { id, parent, numChildren: parent === null ? 1 : 0, numActiveVmas: 0, vmas: new Set<VmArea>() };
    this.anonVmas.set(id, anonVma);
    return anonVma;
  }

  /** @returns whether it is the first of its file */
  linkFile(vma: VmArea, mapping: MappingId): boolean {
    const known = this.files.get(mapping);
    if (known === undefined) this.files.set(mapping, new Set([vma]));
    else known.add(vma);
    return known === undefined;
  }

  /** @returns whether it was the last of its file */
  unlinkFile(vma: VmArea, mapping: MappingId): boolean {
    const known = this.files.get(mapping);
    known?.delete(vma);
    return known?.size === 0 && this.files.delete(mapping);
  }
}

/** Linux: anon_vma_chain_link(). */
function link(vma: VmArea, chain: readonly AnonVma[]): void {
  vma.anonVmaChain.push(...chain);
  for (const each of chain) each.vmas.add(vma);
}

function own(vma: VmArea, anonVma: AnonVma): void {
  vma.anonVma = anonVma;
  anonVma.numActiveVmas++;
}

/**
 * Sees to it that a mapping has an anon_vma, before its first anonymous page: a neighbour's if the two could become one
 * mapping by mprotect alone, else a new one.
 */
export function anonVmaPrepare(rmap: ReverseMap, vmas: GapTree<VmArea>, vma: VmArea): void {
  if (vma.anonVma !== null) return;
  const anonVma = findMergeableAnonVma(vmas, vma) ?? rmap.newAnonVma(null);
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
export function anonVmaFork(rmap: ReverseMap, vma: VmArea, parent: VmArea): void {
  if (parent.anonVma === null) return;
  link(vma, parent.anonVmaChain);
  const idle = parent.anonVmaChain.find(({ numActiveVmas, numChildren }) => numActiveVmas === 0 && numChildren < 2);
  if (idle !== undefined) {
    own(vma, idle);
    return;
  }
  const fresh = rmap.newAnonVma(parent.anonVma);
  link(vma, [fresh]);
  own(vma, fresh);
}

/** The mapping holds no anonymous pages any more. */
export function unlinkAnonVmas(rmap: ReverseMap, vma: VmArea): void {
  for (const each of vma.anonVmaChain) {
    each.vmas.delete(vma);
    if (each.vmas.size > 0) continue;
    if (each.parent !== null) each.parent.numChildren--;
    rmap.anonVmas.delete(each.id);
  }
  if (vma.anonVma !== null) vma.anonVma.numActiveVmas--;
  vma.anonVma = null;
  vma.anonVmaChain = [];
}
