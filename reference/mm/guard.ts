/**
 * Guard markers: pages that fault when touched, inside a mapping and without splitting it (MADV_GUARD_INSTALL).
 * Linux: PTE_MARKER_GUARD in the page tables, mm/madvise.c.  SIMPLIFIED: a set of page numbers beside them.
 */
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';

export class GuardMarkers {
  /** Page numbers: address / PAGE_SIZE. */
  private readonly pages = new Set<number>();

  has(addr: UserAddr): boolean {
    return this.pages.has(Math.floor(addr / PAGE_SIZE));
  }

  install(start: UserAddr, end: UserAddr): void {
    for (let addr = start; addr < end; addr += PAGE_SIZE) this.pages.add(addr / PAGE_SIZE);
  }

  remove(start: UserAddr, end: UserAddr): void {
    for (const page of this.inside(start, end)) this.pages.delete(page);
  }

  /** The pages of start..end moved to `to`. */
  move(start: UserAddr, end: UserAddr, to: UserAddr): void {
    const moved = this.inside(start, end);
    for (const page of moved) this.pages.delete(page);
    for (const page of moved) this.pages.add(page + (to - start) / PAGE_SIZE);
  }

  /** A fork: the child gets the markers of start..end. */
  copyTo(child: GuardMarkers, start: UserAddr, end: UserAddr): void {
    for (const page of this.inside(start, end)) child.pages.add(page);
  }

  /** Cost: the pages of the range, or all markers if they are fewer. */
  private inside(start: UserAddr, end: UserAddr): number[] {
    const [first, stop] = [start / PAGE_SIZE, end / PAGE_SIZE];
    if (this.pages.size < stop - first) return [...this.pages].filter((page) => page >= first && page < stop);
    return Array.from({ length: stop - first }, (_, i) => first + i).filter((page) => this.pages.has(page));
  }
}
