/**
 * A small machine for reclaim, with a plain second implementation of all that reclaim asks of others: page tables, files
 * and swap that only remember who holds what. Content is not kept; what must not be lost is counted.
 */
import { VirtualClock } from '../../arch/clock.ts';
import { GFP_HIGHUSER_MOVABLE } from '../../include/gfp.ts';
import { DEFAULT_PAGE_SYSCTLS, type MemoryDescription, smallMachine } from '../../include/machine.ts';
import { VM_LOCKED } from '../../include/mm_types.ts';
import {
  PG_anon,
  PG_dirty,
  PG_locked,
  PG_reclaim,
  PG_swapbacked,
  PG_swapcache,
  PG_uptodate,
  PG_writeback,
} from '../../include/page_flags.ts';
import type { Pfn } from '../../include/types.ts';
import { panic } from '../../lib/panic.ts';
import { PageAllocator } from '../alloc_pages.ts';
import { type LruList, Lruvecs } from '../lruvec.ts';
import { MemMap } from '../mem_map.ts';
import { lruMlock, mlockFolio } from '../mlock_folio.ts';
import { PgData } from '../pgdat.ts';
import { Shrinkers } from '../shrinker.ts';
import { Folios } from '../swap.ts';
import { VmStat } from '../vm_stat.ts';
import { Vmscan } from '../vmscan.ts';
import {
  DEFAULT_RECLAIM_SYSCTLS,
  type FileStore,
  type ReclaimRooms,
  type Rmap,
  type SwapStore,
} from '../vmscan_rooms.ts';
import { Workingset } from '../workingset.ts';

/** How a page is mapped: by how many entries, how many of them were used, what was written, by which mappings. */
export interface Mapped {
  entries: number;
  used: number;
  written: boolean;
  vmFlags: number;
}

/** What a page of a file, or of anonymous memory, is: its number in the order of its first use. */
export type PageId = number;

const WRITE_NS = 100_000;

export class ReclaimRoom {
  readonly clock = new VirtualClock();
  readonly memMap: MemMap;
  readonly vmstat: VmStat;
  readonly pages: PageAllocator;
  readonly lru: Lruvecs;
  readonly folios: Folios;
  readonly rooms: ReclaimRooms;
  readonly vmscan: Vmscan;
  readonly sysctls = { ...DEFAULT_RECLAIM_SYSCTLS };
  /** By page of the machine. */
  readonly mapped = new Map<Pfn, Mapped>();
  /** Pages in memory. */
  readonly resident = new Map<PageId, Pfn>();
  /** By page of a file that was reclaimed. */
  readonly fileShadows = new Map<PageId, number>();
  /** Anonymous pages whose content is in a slot, with the shadow; null: still in memory, too. */
  readonly slots = new Map<PageId, number | null>();
  /** Calls of wakeupFlushers. */
  flusherWakeups = 0;
  /** Whether files write single pages when reclaim asks for it. */
  filesWrite = false;
  readonly #nrSlots: number;

  constructor(machine: MemoryDescription, nrSlots: number) {
    const frames = Math.max(...machine.nodes.flatMap(({ zones }) => zones.map((z) => z.startPfn + z.spannedPages)));
    this.memMap = new MemMap(frames);
    this.vmstat = new VmStat(machine.nodes.length);
    this.pages = new PageAllocator(machine, this.memMap, this.vmstat);
    this.lru = new Lruvecs(this.memMap, this.vmstat, (pfn) => this.pages.zoneOf(pfn));
    this.folios = new Folios(this.lru, this.pages);
    this.#nrSlots = nrSlots;
    const swap = this.#swap();
    this.rooms = {
      clock: this.clock,
      pages: this.pages,
      lru: this.lru,
      folios: this.folios,
      lruAddDrain: () => undefined,
      workingset: new Workingset(this.lru, swap),
      shrinkers: new Shrinkers(this.vmstat.events),
      rmap: this.#rmap(),
      files: this.#files(),
      shmem: { writePage: () => 'activate' },
      swap,
      sysctls: this.sysctls,
      pgdats: this.lru.nodes.map((lruvec) => new PgData(lruvec, this.pages.zones.all)),
    };
    this.vmscan = new Vmscan(this.rooms);
    this.pages.reclaimer = this.vmscan;
  }

  /** A list of node 0, head first. */
  shown(lru: LruList): Pfn[] {
    return [...this.lru.list(0, lru)];
  }

  /** Brings a page of a file in, as read() does. @returns its frame; null: no memory */
  readFile(id: PageId): Pfn | null {
    const known = this.resident.get(id);
    if (known !== undefined) {
      this.folios.markAccessed(known);
      return known;
    }
    const pfn = this.pages.allocPages(GFP_HIGHUSER_MOVABLE, 0);
    if (pfn === null) return null;
    this.memMap.set(pfn, PG_uptodate);
    this.memMap.mapping[pfn] = 1;
    this.memMap.index[pfn] = id;
    const shadow = this.fileShadows.get(id);
    this.fileShadows.delete(id);
    if (shadow !== undefined) this.rooms.workingset.refault(pfn, shadow);
    this.resident.set(id, pfn);
    this.lru.addFolio(pfn);
    return pfn;
  }

  /** Touches an anonymous page: mapped by one entry, used, written. @returns its frame; null: no memory */
  touchAnon(id: PageId): Pfn | null {
    const known = this.resident.get(id);
    if (known !== undefined) {
      if (this.memMap.mapcount[known] === 0) this.map(known, 1, 0);
      this.#use(known);
      return known;
    }
    const pfn = this.pages.allocPages(GFP_HIGHUSER_MOVABLE, 0);
    if (pfn === null) return null;
    this.memMap.set(pfn, PG_uptodate | PG_swapbacked | PG_anon);
    this.memMap.mapping[pfn] = 1;
    this.memMap.index[pfn] = id;
    const shadow = this.slots.get(id);
    this.slots.delete(id);
    if (typeof shadow === 'number') this.rooms.workingset.refault(pfn, shadow);
    this.resident.set(id, pfn);
    this.map(pfn, 1, 0);
    this.folios.put(pfn);
    this.#use(pfn);
    this.lru.addFolio(pfn);
    return pfn;
  }

  /** Maps a page by so many entries more, none of them used; each holds a reference. */
  map(pfn: Pfn, entries: number, vmFlags: number): Mapped {
    const was = this.mapped.get(pfn) ?? { entries: 0, used: 0, written: false, vmFlags: 0 };
    const mapped = { ...was, entries: was.entries + entries, vmFlags: was.vmFlags | vmFlags };
    this.mapped.set(pfn, mapped);
    this.memMap.mapcount[pfn] += entries;
    this.memMap.refcount[pfn] += entries;
    return mapped;
  }

  /** Lets go of an anonymous page for good: the process is gone. */
  forgetAnon(id: PageId): void {
    const pfn = this.resident.get(id);
    this.slots.delete(id);
    if (pfn === undefined) return;
    this.resident.delete(id);
    this.folios.get(pfn);
    this.#unmap(pfn);
    if (this.memMap.testAndClear(pfn, PG_swapcache)) this.folios.put(pfn);
    this.folios.put(pfn);
  }

  validate(): void {
    this.lru.validate();
    this.folios.validate();
    this.pages.validate();
    for (const [id, pfn] of this.resident) {
      if (this.memMap.index[pfn] !== id) panic(`reclaim_room: page ${id} is not in frame ${pfn}`);
    }
    const { events, nodes } = this.vmstat;
    const scans = [events.pgscan_kswapd + events.pgscan_direct, events.pgscan_anon + events.pgscan_file];
    const steals = [events.pgsteal_kswapd + events.pgsteal_direct, events.pgsteal_anon + events.pgsteal_file];
    if (scans[0] !== scans[1] || steals[0] !== steals[1]) panic(`reclaim_room: scans ${scans}, steals ${steals}`);
    if (events.pgsteal_anon > events.pgscan_anon || events.pgsteal_file > events.pgscan_file) {
      panic('reclaim_room: more pages were stolen than scanned');
    }
    for (const node of nodes) {
      if (node.nr_isolated_anon + node.nr_isolated_file !== 0) panic('reclaim_room: pages are isolated');
    }
  }

  #use(pfn: Pfn): void {
    const mapped = this.mapped.get(pfn);
    if (mapped === undefined) return;
    mapped.used = 1;
    mapped.written = true;
  }

  #unmap(pfn: Pfn): void {
    const mapped = this.mapped.get(pfn);
    if (mapped === undefined) return;
    this.mapped.delete(pfn);
    if (mapped.written) this.memMap.set(pfn, PG_dirty);
    this.memMap.mapcount[pfn] -= mapped.entries;
    for (let i = 0; i < mapped.entries; i++) this.folios.put(pfn);
  }

  #rmap(): Rmap {
    return {
      folioReferenced: (pfn) => {
        const mapped = this.mapped.get(pfn);
        if (mapped === undefined) return { referenced: 0, vmFlags: 0 };
        const referenced = mapped.used;
        mapped.used = 0;
        if (mapped.vmFlags & VM_LOCKED) {
          mlockFolio(this.lru, pfn);
          lruMlock(this.lru, pfn);
        }
        return { referenced, vmFlags: mapped.vmFlags };
      },
      tryToUnmap: (pfn) => {
        if ((this.mapped.get(pfn)?.vmFlags ?? 0) & VM_LOCKED) return;
        this.#unmap(pfn);
        const lazyfree = this.memMap.test(pfn, PG_anon) && !this.memMap.test(pfn, PG_swapbacked);
        if (lazyfree) this.resident.delete(this.memMap.index[pfn]);
      },
      // There are no huge pages in this room.
      splitFolio: () => null,
    };
  }

  #files(): FileStore {
    return {
      writePage: (pfn) => {
        if (!this.filesWrite) return 'activate';
        this.#startWrite(pfn);
        return 'started';
      },
      removeFolio: (pfn, shadow) => {
        const id = this.memMap.index[pfn];
        if (this.memMap.test(pfn, PG_dirty | PG_writeback)) panic(`reclaim_room: page ${id} is lost`);
        if (shadow !== null) this.fileShadows.set(id, shadow);
        this.resident.delete(id);
        this.memMap.mapping[pfn] = 0;
        this.folios.put(pfn);
      },
      wakeupFlushers: () => {
        this.flusherWakeups++;
      },
    };
  }

  #swap(): SwapStore {
    const { memMap, slots } = this;
    const nrSlots = this.#nrSlots;
    return {
      totalSwapPages: nrSlots,
      get nrSwapPages() {
        return nrSlots - slots.size;
      },
      get vmSwapFull() {
        return (nrSlots - slots.size) * 2 < nrSlots;
      },
      addToSwap: (pfn) => {
        if (slots.size === nrSlots) return false;
        slots.set(memMap.index[pfn], null);
        memMap.set(pfn, PG_swapcache | PG_dirty);
        this.folios.get(pfn);
        return true;
      },
      writePage: (pfn) => {
        this.vmstat.events.pswpout++;
        this.#startWrite(pfn);
        return 'started';
      },
      removeFolio: (pfn, shadow) => {
        const id = memMap.index[pfn];
        if (memMap.test(pfn, PG_dirty | PG_writeback) || !slots.has(id)) panic(`reclaim_room: page ${id} is lost`);
        slots.set(id, shadow);
        this.resident.delete(id);
        memMap.clear(pfn, PG_swapcache);
        this.folios.put(pfn);
      },
      folioFreeSwap: (pfn) => {
        if (memMap.test(pfn, PG_writeback) || memMap.mapcount[pfn] === 0) return false;
        slots.delete(memMap.index[pfn]);
        memMap.set(pfn, PG_dirty);
        memMap.clear(pfn, PG_swapcache);
        this.folios.put(pfn);
        return true;
      },
    };
  }

  #startWrite(pfn: Pfn): void {
    const node = this.vmstat.nodes[this.pages.nidOf(pfn)];
    this.memMap.clear(pfn, PG_locked | PG_dirty);
    this.memMap.set(pfn, PG_writeback);
    this.folios.get(pfn);
    node.nr_writeback++;
    this.clock.schedule(this.clock.now + WRITE_NS, () => {
      node.nr_writeback--;
      this.memMap.clear(pfn, PG_writeback);
      if (this.memMap.testAndClear(pfn, PG_reclaim)) this.folios.rotateReclaimable(pfn);
      this.folios.put(pfn);
    });
  }
}

/** One node, zone Normal, without lists of free pages by CPU, so that every free page is seen. */
export function reclaimRoom(frames: number, nrSlots = 0): ReclaimRoom {
  return new ReclaimRoom({ ...smallMachine(frames), sysctls: DEFAULT_PAGE_SYSCTLS, perCpuPages: 'off' }, nrSlots);
}
