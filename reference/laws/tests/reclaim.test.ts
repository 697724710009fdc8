import fc from 'fast-check';
import { seeded } from '../../arch/tests/word_memory.ts';
import { GFP_KERNEL } from '../../include/gfp.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PG_swapcache } from '../../include/page_flags.ts';
import { mlockFolio, munlockFolio } from '../../mm/mlock_folio.ts';
import { type ReclaimRoom, reclaimRoom } from '../../mm/tests/reclaim_room.ts';
import { MAX_RECLAIM_RETRIES, pgdatBalanced } from '../../mm/vmscan_node.ts';
import { breaksReclaimLaw, LAW_PAGES, type ReclaimCounts, type ReclaimMachine } from '../reclaim.ts';

const FRAMES = 1024;
/** Numbers of anonymous pages in the room, behind those of the file. */
const ANON = LAW_PAGES;

class Machine implements ReclaimMachine {
  readonly room: ReclaimRoom;

  constructor(nrSlots: number, swappiness: number) {
    this.room = reclaimRoom(FRAMES, nrSlots);
    this.room.sysctls.swappiness = swappiness;
  }

  readFile(page: number): boolean {
    return this.room.readFile(page) !== null;
  }

  touchAnon(page: number): boolean {
    return this.room.touchAnon(ANON + page) !== null;
  }

  forgetAnon(page: number): void {
    this.room.forgetAnon(ANON + page);
  }

  lockFile(page: number): boolean {
    const pfn = this.room.resident.get(page);
    if (pfn !== undefined) mlockFolio(this.room.lru, pfn);
    return pfn !== undefined;
  }

  unlockFile(page: number): void {
    munlockFolio(this.room.lru, this.room.resident.get(page) ?? -1);
  }

  letTimePass(ns: number): void {
    this.room.clock.advance(ns);
  }

  directReclaim(): void {
    this.room.pages.asMemalloc(() => this.room.vmscan.tryToFreePages(0, 0, GFP_KERNEL));
  }

  wakeKswapd(): void {
    this.room.vmscan.wakeupKswapd(0, 0, ZONE_NORMAL);
  }

  get filePagesInMemory(): ReadonlySet<number> {
    return new Set([...this.room.resident.keys()].filter((id) => id < ANON));
  }

  get anonPagesInMemory(): ReadonlySet<number> {
    return new Set([...this.room.resident.keys()].filter((id) => id >= ANON).map((id) => id - ANON));
  }

  get anonPagesInSwap(): ReadonlySet<number> {
    return new Set([...this.room.slots].filter(([, shadow]) => shadow !== null).map(([id]) => id - ANON));
  }

  framesInUse(): number {
    return FRAMES - this.room.pages.nrFreePages;
  }

  scanned(): ReclaimCounts {
    const { pgscan_kswapd, pgscan_direct, pgscan_anon, pgscan_file } = this.room.vmstat.events;
    return { byKswapd: pgscan_kswapd, byTasks: pgscan_direct, anon: pgscan_anon, file: pgscan_file };
  }

  stolen(): ReclaimCounts {
    const { pgsteal_kswapd, pgsteal_direct, pgsteal_anon, pgsteal_file } = this.room.vmstat.events;
    return { byKswapd: pgsteal_kswapd, byTasks: pgsteal_direct, anon: pgsteal_anon, file: pgsteal_file };
  }

  isBalanced(): boolean {
    const [pgdat] = this.room.rooms.pgdats;
    return pgdat.kswapdFailures >= MAX_RECLAIM_RETRIES || pgdatBalanced(pgdat, 0, ZONE_NORMAL);
  }

  validate(): void {
    this.room.validate();
  }
}

describe('the laws of reclaim', () => {
  test.each([
    ['without swap', 0],
    ['with little swap', 200],
    ['with enough swap', 4000],
  ])('hold %s', (_, nrSlots) => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 60, 100, 200), (seed, swappiness) => {
        expect(breaksReclaimLaw(new Machine(nrSlots, swappiness), seeded(seed), 120)).toBeNull();
      }),
      { seed: 42, numRuns: 6 },
    );
  });

  const play = (machine: Machine): string | null => breaksReclaimLaw(machine, seeded(1), 200);

  test('the same calls on a sound machine break none', () => {
    expect(play(new Machine(4000, 60))).toBeNull();
  });

  test('are broken by a machine that drops what it should have written', () => {
    const machine = new Machine(4000, 60);
    const { rooms, resident, memMap } = machine.room;
    rooms.files.removeFolio = rooms.swap.removeFolio = (pfn) => {
      resident.delete(memMap.index[pfn]);
      memMap.clear(pfn, PG_swapcache);
      memMap.mapping[pfn] = 0;
      machine.room.folios.put(pfn);
    };
    expect(play(machine)).toMatch(/is lost$/);
  });

  test('are broken by a machine that lets locked pages go', () => {
    const machine = new Machine(4000, 60);
    machine.lockFile = (page) => machine.room.resident.has(page);
    machine.unlockFile = () => {};
    expect(play(machine)).toMatch(/was locked, and is gone$/);
  });
});
