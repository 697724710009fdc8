/**
 * What the text files must agree on, whatever the machine has done: each file is a view of the same pages.
 *
 *     smaps of all mappings = status = statm = stat        meminfo = vmstat = zoneinfo = buddyinfo = the sum of nodes
 *     Pss of all processes  = frames that are mapped       SwapTotal - SwapFree = /proc/swaps = slots in use
 */

import { Look, PAGE_KB } from './proc_look.ts';
import { type ProcessText, processOf } from './proc_process.ts';
import { linesOf, type Mapping, sum, type TextMachine } from './proc_text.ts';

/** Lists and counters that meminfo and vmstat both show. */
const COUNTED = [
  ['MemFree', 'nr_free_pages'],
  ['Active(anon)', 'nr_active_anon'],
  ['Inactive(anon)', 'nr_inactive_anon'],
  ['Active(file)', 'nr_active_file'],
  ['Inactive(file)', 'nr_inactive_file'],
  ['Unevictable', 'nr_unevictable'],
  ['Mlocked', 'nr_mlock'],
  ['Dirty', 'nr_dirty'],
  ['Writeback', 'nr_writeback'],
  ['AnonPages', 'nr_anon_pages'],
  ['Mapped', 'nr_mapped'],
  ['Shmem', 'nr_shmem'],
  ['SReclaimable', 'nr_slab_reclaimable'],
  ['SUnreclaim', 'nr_slab_unreclaimable'],
  ['PageTables', 'nr_page_table_pages'],
  ['SwapCached', 'nr_swapcached'],
] as const;

/** What each node shows of itself, and the machine of all. */
const OF_NODES = [
  ...['MemTotal', 'MemFree', 'Active', 'Inactive', 'Unevictable', 'Mlocked', 'Dirty', 'Writeback', 'Mapped'],
  ...['AnonPages', 'Shmem', 'KernelStack', 'PageTables', 'SwapCached', 'Slab', 'SReclaimable', 'SUnreclaim'],
  ...['AnonHugePages', 'HugePages_Total', 'HugePages_Free', 'HugePages_Surp'],
];

/** The pool of huge pages in /sys: of the machine and of a node. */
const POOL = [
  ['nr_hugepages', 'HugePages_Total'],
  ['free_hugepages', 'HugePages_Free'],
  ['surplus_hugepages', 'HugePages_Surp'],
] as const;
const POOL_FOLDER = 'hugepages/hugepages-2048kB';

/** Whoever reclaims. */
const RECLAIMERS = ['kswapd', 'direct', 'khugepaged', 'proactive'];

/** Finds the first thing that two files do not agree on. It remembers shared memory between looks: look after every step. */
export class ProcFilesLaw {
  readonly #machine: TextMachine;
  /** By inode: kB that were promised with shared anonymous memory. */
  readonly #promised = new Map<number, number>();

  constructor(machine: TextMachine) {
    this.#machine = machine;
  }

  /** @returns null, or which numbers differ */
  look(): string | null {
    const look = new Look(this.#machine);
    counters(look);
    reclaimed(look);
    freeMemory(look);
    nodes(look);
    hugePages(look);
    slabs(look);
    const processes = this.#machine.pids().map((pid) => processOf(look, pid));
    frames(look, processes);
    slots(look, processes);
    this.#promises(
      look,
      processes.flatMap(({ mappings }) => mappings),
    );
    return look.broken;
  }

  /** Committed_AS: accounted mappings, and shared anonymous memory while anybody maps it. */
  #promises(look: Look, mappings: readonly Mapping[]): void {
    const alive = new Set<number>();
    for (const { head, kb, flags } of mappings) {
      const [, ino] = / 00:01 (\d+) .*\/dev\/zero/.exec(head) ?? [];
      if (ino === undefined) continue;
      alive.add(Number(ino));
      if (!this.#promised.has(Number(ino)))
        this.#promised.set(Number(ino), flags.includes('nr') ? 0 : (kb.get('Size') ?? 0));
    }
    for (const ino of this.#promised.keys()) if (!alive.has(ino)) this.#promised.delete(ino);
    const own = sum(mappings.map(({ kb, flags }) => (flags.includes('ac') ? (kb.get('Size') ?? 0) : 0)));
    look.same('Committed_AS', look.values('/proc/meminfo')('Committed_AS'), own + sum([...this.#promised.values()]));
  }
}

/** meminfo, in itself and against vmstat. */
function counters(look: Look): void {
  const info = look.values('/proc/meminfo');
  const stat = look.values('/proc/vmstat');
  for (const list of ['Active', 'Inactive']) {
    look.same(list, info(list), info(`${list}(anon)`) + info(`${list}(file)`));
  }
  for (const [name, item] of COUNTED) look.same(name, info(name), stat(item) * PAGE_KB);
  look.same('Cached', info('Cached') + info('SwapCached') + info('Buffers'), stat('nr_file_pages') * PAGE_KB);
  look.atMost('MemAvailable', info('MemAvailable'), info('MemTotal'));
}

/** Pages that were looked at and taken, by who did it and by their kind. */
function reclaimed(look: Look): void {
  const stat = look.values('/proc/vmstat');
  for (const kind of ['pgscan', 'pgsteal']) {
    const by = RECLAIMERS.map((who) => stat(`${kind}_${who}`));
    look.same(kind, sum(by), stat(`${kind}_anon`) + stat(`${kind}_file`));
  }
  for (const what of [...RECLAIMERS, 'anon', 'file']) {
    look.atMost(`pgsteal_${what}`, stat(`pgsteal_${what}`), stat(`pgscan_${what}`));
  }
}

/** buddyinfo and zoneinfo against meminfo and vmstat. */
function freeMemory(look: Look): void {
  const info = look.values('/proc/meminfo');
  const stat = look.values('/proc/vmstat');
  const blocks = linesOf(look.read('/proc/buddyinfo')).map((line) => {
    const counts = line
      .replace(/^.*zone +\w+ +/, '')
      .trim()
      .split(/ +/)
      .map(Number);
    return sum(counts.map((count, order) => count * 2 ** order));
  });
  look.same('MemFree and buddyinfo', info('MemFree'), sum(blocks) * PAGE_KB);
  const zones = look.read('/proc/zoneinfo').split(/^(?=Node )/m);
  const inZones = (pattern: RegExp): number => sum(zones.map((zone) => Number(pattern.exec(zone)?.[1] ?? 0)));
  look.same('MemFree and zoneinfo', info('MemFree'), inZones(/pages free +(\d+)/) * PAGE_KB);
  look.same('MemTotal and zoneinfo', info('MemTotal'), inZones(/managed +(\d+)/) * PAGE_KB);
  for (const list of ['inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable']) {
    const zoneItem = inZones(new RegExp(`nr_zone_${list} +(\\d+)`));
    look.same(`nr_${list} of zones and nodes`, zoneItem, stat(`nr_zone_${list}`), stat(`nr_${list}`));
  }
  look.same('nr_zone_write_pending', stat('nr_zone_write_pending'), stat('nr_dirty') + stat('nr_writeback'));
}

function nodeFolders(look: Look): string[] {
  const online = linesOf(look.read('/sys/devices/system/node/online'))[0] ?? '0';
  const last = Number(/\d+$/.exec(online)?.[0] ?? 0);
  return Array.from({ length: last + 1 }, (_, nid) => `/sys/devices/system/node/node${nid}`);
}

/** The sum of nodes is the machine. */
function nodes(look: Look): void {
  const info = look.values('/proc/meminfo');
  const folders = nodeFolders(look);
  const each = folders.map((folder) => look.values(`${folder}/meminfo`));
  for (const name of OF_NODES) look.same(`${name} of nodes`, info(name), sum(each.map((node) => node(name))));
  for (const node of each) {
    for (const list of ['Active', 'Inactive']) {
      look.same(`${list} of a node`, node(list), node(`${list}(anon)`) + node(`${list}(file)`));
    }
    look.same('Slab of a node', node('Slab'), node('SReclaimable') + node('SUnreclaim'));
  }
  const counts = folders.map((folder) => look.values(`${folder}/numastat`));
  for (const numa of counts) {
    look.same('numastat', numa('numa_hit') + numa('numa_miss'), numa('local_node') + numa('other_node'));
  }
  const all = (name: string): number => sum(counts.map((numa) => numa(name)));
  look.same('numa_miss and numa_foreign', all('numa_miss'), all('numa_foreign'));
}

/** The pool of huge pages: meminfo, /sys, and that of each node. */
function hugePages(look: Look): void {
  const info = look.values('/proc/meminfo');
  for (const part of ['Free', 'Surp']) {
    look.atMost(`HugePages_${part}`, info(`HugePages_${part}`), info('HugePages_Total'));
  }
  look.atMost('HugePages_Rsvd', info('HugePages_Rsvd'), info('HugePages_Free'));
  look.same('Hugetlb', info('Hugetlb'), info('HugePages_Total') * info('Hugepagesize'));
  const ofMachine = `/sys/kernel/mm/${POOL_FOLDER}`;
  look.same('resv_hugepages', look.number(`${ofMachine}/resv_hugepages`), info('HugePages_Rsvd'));
  for (const [file, name] of POOL) {
    look.same(file, look.number(`${ofMachine}/${file}`), info(name));
    for (const folder of nodeFolders(look)) {
      const ofNode = look.values(`${folder}/meminfo`)(name);
      look.same(`${file} of a node`, look.number(`${folder}/${POOL_FOLDER}/${file}`), ofNode);
    }
  }
}

/** meminfo against slabinfo, where large objects of kmalloc, which have pages of their own, do not stand. */
function slabs(look: Look): void {
  const info = look.values('/proc/meminfo');
  look.same('Slab', info('Slab'), info('SReclaimable') + info('SUnreclaim'));
  const rows = linesOf(look.read('/proc/slabinfo')).slice(2);
  const pages = rows.map((row) => {
    const [, perSlab, slabs] = / (\d+) : tunables.*slabdata +\d+ +(\d+)/.exec(row) ?? [];
    return Number(perSlab) * Number(slabs);
  });
  look.atMost('pages of slabinfo', sum(pages) * PAGE_KB, info('Slab'));
}

/** What all page tables hold together. */
function frames(look: Look, processes: readonly ProcessText[]): void {
  const info = look.values('/proc/meminfo');
  const anon = new Set(processes.flatMap(({ entries }) => entries.anon)).size * PAGE_KB;
  const file = new Set(processes.flatMap(({ entries }) => entries.file)).size * PAGE_KB;
  look.same('AnonPages and frames', info('AnonPages'), anon);
  look.same('Mapped and frames', info('Mapped'), file);
  const of = (name: string, path: string): number =>
    sum(processes.map(({ pid }) => look.values(`/proc/${pid}/${path}`)(name)));
  look.atMost('AnonPages and RssAnon', anon, of('RssAnon', 'status'));
  const pss = of('Pss', 'smaps_rollup');
  look.atMost('Pss and frames', pss, anon + file);
  // Each process has lost less than a kB, and each page less than 1/4096 of a byte for each that maps it.
  look.atMost('frames and Pss', anon + file, pss + processes.length + 1);
  look.same('PageTables', info('PageTables'), of('VmPTE', 'status') + processes.length * PAGE_KB);
}

/** Slots in use are those that page tables, cached pages and memory files hold. */
function slots(look: Look, processes: readonly ProcessText[]): void {
  const info = look.values('/proc/meminfo');
  const areas = linesOf(look.read('/proc/swaps'))
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const column = (n: number): number => sum(areas.map((area) => Number(area[n])));
  const held = new Set([...processes.flatMap(({ entries }) => entries.swap), ...look.machine.slotsElsewhere()]);
  look.same('swap in use', info('SwapTotal') - info('SwapFree'), column(3), held.size * PAGE_KB);
  look.same('SwapTotal', info('SwapTotal'), column(2));
}
