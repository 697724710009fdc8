/**
 * The task that looks for small pages worth making huge, a few blocks each 10 s. Linux: mm/khugepaged.c, khugepaged().
 *
 *     address spaces   A: [....|....]  B: [....|..  ]       those that have had a huge page, or asked for one
 *                          ------->                         a round: pagesToScan pages, from where the last one ended
 *
 * It must not change tables that somebody is just looking at: while a task waits, or reclaims, it waits too.
 */
import { NSEC_PER_MSEC, type VirtualClock } from '../arch/clock.ts';
import { HPAGE_PMD_NR, PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { collapseAllowable, collapsePmd } from './collapse.ts';
import { thpVmaAllowable } from './huge_memory.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmStruct } from './mm_struct.ts';

/** After it has come at a bad time. */
const LATER_NS = 10 * NSEC_PER_MSEC;

/** What it stands on. */
export interface KhugepagedRooms {
  readonly system: MemorySystem;
  readonly clock: VirtualClock;
  /** All address spaces, always in the same order. */
  readonly mms: () => Iterable<MmStruct>;
  /** Whether somebody is in the middle of something. */
  readonly isBusy: () => boolean;
}

export class Khugepaged {
  readonly #rooms: KhugepagedRooms;
  #armed = false;
  /** Where the next round begins; null: at the first address space. */
  #mm: MmStruct | null = null;
  #address: UserAddr = 0;
  /** /sys/kernel/mm/transparent_hugepage/khugepaged/pages_collapsed: huge pages made. */
  pagesCollapsed = 0;
  /** How often it has seen all. */
  fullScans = 0;

  constructor(rooms: KhugepagedRooms) {
    this.#rooms = rooms;
    rooms.system.huge.onEnter = () => this.wake();
  }

  /** There may be something to do: the next round comes. Linux: khugepaged_enter(), the wait of khugepaged_wait_work() */
  wake(): void {
    if (!this.#armed) this.#arm(this.#rooms.system.huge.thp.khugepaged.scanSleepMillisecs * NSEC_PER_MSEC);
  }

  #arm(ns: number): void {
    this.#armed = true;
    const { clock } = this.#rooms;
    clock.schedule(clock.now + ns, () => this.#run());
  }

  #run(): void {
    this.#armed = false;
    const { isBusy, system } = this.#rooms;
    if (isBusy()) {
      this.#arm(LATER_NS);
      return;
    }
    if (this.#entered().length === 0) return;
    const { allocSleepMillisecs, scanSleepMillisecs } = system.huge.thp.khugepaged;
    const sleep = this.scan() === 'allocFail' ? allocSleepMillisecs : scanSleepMillisecs;
    this.#arm(sleep * NSEC_PER_MSEC);
  }

  /** Those it looks at. */
  #entered(): MmStruct[] {
    return [...this.#rooms.mms()].filter(({ pages }) => pages.khugepaged);
  }

  /** One round. Linux: khugepaged_do_scan(). */
  scan(): 'done' | 'allocFail' {
    let left = this.#rooms.system.huge.thp.khugepaged.pagesToScan;
    const mms = this.#entered();
    // One that has ended is not there any more.
    if (this.#mm !== null && !mms.includes(this.#mm)) {
      this.#mm = null;
      this.#address = 0;
    }
    for (let passes = 0; left > 0; ) {
      // To the last one, and, if it did not begin with the first, once more.
      if (this.#mm === null && ++passes === 2) break;
      this.#mm ??= mms[0] ?? null;
      if (this.#mm === null) break;
      const rest = this.#scanMm(this.#mm, left);
      if (rest === 'allocFail') return rest;
      left = rest;
      if (left > 0) this.#next(mms);
    }
    return 'done';
  }

  #next(mms: readonly MmStruct[]): void {
    const at = this.#mm === null ? -1 : mms.indexOf(this.#mm);
    this.#mm = mms[at + 1] ?? null;
    this.#address = 0;
    if (this.#mm === null) this.fullScans++;
  }

  /** From #address on. @returns pages that are left of the round. Linux: khugepaged_scan_mm_slot() */
  #scanMm(mm: MmStruct, pages: number): number | 'allocFail' {
    let left = pages;
    for (const vma of [...mm.vmas]) {
      if (vma.vmEnd <= this.#address) continue;
      if (!collapseAllowable(vma, thpVmaAllowable(mm, vma))) {
        left--;
        continue;
      }
      const first = Math.ceil(Math.max(vma.vmStart, this.#address) / PMD_SIZE) * PMD_SIZE;
      for (let addr = first; addr + PMD_SIZE <= vma.vmEnd; addr += PMD_SIZE) {
        if (left <= 0) return 0;
        const result = collapsePmd(mm, vma, addr, 'khugepaged');
        this.#address = addr + PMD_SIZE;
        left -= HPAGE_PMD_NR;
        if (result === 'succeed') this.pagesCollapsed++;
        if (result === 'allocFail') return result;
      }
      this.#address = vma.vmEnd;
    }
    return Math.max(left, 1);
  }
}
