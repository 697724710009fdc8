/** What the MMU remembers: a short list of pages, the one used last in front. */
import type { PhysAddr, VirtAddr } from '../include/types.ts';
import type { Access } from './cpu.ts';

/** A page of any size and what its walk found: start ≤ va < end. */
export interface CachedPage {
  readonly start: VirtAddr;
  readonly end: VirtAddr;
  /** Physical address of its first byte. */
  readonly pa: PhysAddr;
  readonly writable: boolean;
  readonly user: boolean;
  readonly executable: boolean;
  /** D is set. */
  readonly dirty: boolean;
}

/** Whether the rights allow an access (D does not count). */
export function permits({ user, writable, executable }: CachedPage, { kind, mode }: Access): boolean {
  if (user !== (mode === 'user')) return false;
  return kind === 'read' || (kind === 'write' ? writable : executable);
}

/** Pages that are remembered. */
const SLOTS = 6;

export class Tlb {
  #pages: readonly CachedPage[] = [];

  find(va: VirtAddr): CachedPage | null {
    return this.#pages.find(({ start, end }) => start <= va && va < end) ?? null;
  }

  /** Puts a page in front, in place of all that it overlaps. */
  remember(page: CachedPage): void {
    if (this.#pages[0] === page) return;
    const others = this.#pages.filter(({ start, end }) => end <= page.start || page.end <= start);
    this.#pages = [page, ...others].slice(0, SLOTS);
  }

  forget(va: VirtAddr): void {
    this.#pages = this.#pages.filter(({ start, end }) => va < start || end <= va);
  }

  clear(): void {
    this.#pages = [];
  }
}
