/**
 * What the text files must agree on, whatever the machine has done: each file is a view of the same pages.
 *
 *     smaps of all mappings = status = statm = stat        meminfo = vmstat = zoneinfo = buddyinfo = the sum of nodes
 *     Pss of all processes  = frames that are mapped       SwapTotal - SwapFree = /proc/swaps = slots in use
 */

import { linesOf, type Mapping, mappingsOf, sum, type TextMachine, type Values, valuesOf } from './proc_text.ts';

const PAGE_KB = 4;
const PM_PRESENT = 1n << 63n;
const PM_SWAP = 1n << 62n;
const PM_FILE = 1n << 61n;
const PM_PFN = (1n << 55n) - 1n;

/** Finds the first thing that two files do not agree on. It remembers shared memory between looks: look after every step. */
export class ProcFilesLaw {
  readonly #machine: TextMachine;
  /** By inode: kB that were promised with shared anonymous memory. */
  readonly #promised = new Map<number, number>();
  /** By path: what has been read in this look. */
  readonly #texts = new Map<string, string>();
  readonly #parsed = new Map<string, Values>();
  #broken: string | null = null;

  constructor(machine: TextMachine) {
    this.#machine = machine;
  }

  /** @returns null, or which numbers differ */
  look(): string | null {
    this.#broken = null;
    this.#texts.clear();
    this.#parsed.clear();
    this.#counters();
    this.#freeMemory();
    this.#nodes();
    this.#slabsAndSwap();
    const processes = this.#machine.pids().map((pid) => ({ pid, mappings: this.#process(pid) }));
    this.#frames(processes);
    this.#promises(processes.flatMap(({ mappings }) => mappings));
    return this.#broken;
  }

  #same(what: string, ...[first, ...others]: readonly number[]): void {
    const other = others.find((each) => each !== first);
    if (other !== undefined) this.#broken ??= `${what}: ${first} and ${other}`;
  }

  #atMost(what: string, less: number, more: number): void {
    if (less > more) this.#broken ??= `${what}: ${less}, and not more than ${more}`;
  }

  #read(path: string): string {
    const text = this.#texts.get(path) ?? this.#machine.read(path);
    this.#texts.set(path, text);
    return text;
  }

  #values(path: string): (name: string) => number {
    const values = this.#parsed.get(path) ?? valuesOf(this.#read(path));
    this.#parsed.set(path, values);
    return (name) => values.get(name) ?? Number.NaN;
  }

  /** meminfo, in itself and against vmstat. */
  #counters(): void {
    const info = this.#values('/proc/meminfo');
    const stat = this.#values('/proc/vmstat');
    for (const list of ['Active', 'Inactive']) {
      this.#same(list, info(list), info(`${list}(anon)`) + info(`${list}(file)`));
    }
    for (const [name, item] of [
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
      ['PageTables', 'nr_page_table_pages'],
      ['SwapCached', 'nr_swapcached'],
    ] as const) {
      this.#same(name, info(name), stat(item) * PAGE_KB);
    }
    this.#same('Cached', info('Cached') + info('SwapCached') + info('Buffers'), stat('nr_file_pages') * PAGE_KB);
    this.#atMost('MemAvailable', info('MemAvailable'), info('MemTotal'));
    for (const kind of ['pgscan', 'pgsteal']) {
      const by = ['kswapd', 'direct', 'khugepaged', 'proactive'].map((who) => stat(`${kind}_${who}`));
      this.#same(kind, sum(by), stat(`${kind}_anon`) + stat(`${kind}_file`));
    }
    for (const what of ['anon', 'file']) this.#atMost('pgsteal', stat(`pgsteal_${what}`), stat(`pgscan_${what}`));
    this.#atMost('HugePages_Free', info('HugePages_Free'), info('HugePages_Total'));
    this.#atMost('HugePages_Rsvd', info('HugePages_Rsvd'), info('HugePages_Free'));
    this.#atMost('HugePages_Surp', info('HugePages_Surp'), info('HugePages_Total'));
    this.#same('Hugetlb', info('Hugetlb'), info('HugePages_Total') * info('Hugepagesize'));
  }

  /** buddyinfo and zoneinfo against meminfo and vmstat. */
  #freeMemory(): void {
    const info = this.#values('/proc/meminfo');
    const stat = this.#values('/proc/vmstat');
    const blocks = linesOf(this.#read('/proc/buddyinfo')).map((line) => {
      const counts = line
        .replace(/^.*zone +\w+ +/, '')
        .trim()
        .split(/ +/)
        .map(Number);
      return sum(counts.map((count, order) => count * 2 ** order));
    });
    this.#same('MemFree and buddyinfo', info('MemFree'), sum(blocks) * PAGE_KB);
    const zones = this.#machine
      .read('/proc/zoneinfo')
      .split(/^(?=Node )/m)
      .slice(1);
    const inZones = (pattern: RegExp): number => sum(zones.map((zone) => Number(pattern.exec(zone)?.[1] ?? 0)));
    this.#same('MemFree and zoneinfo', info('MemFree'), inZones(/pages free +(\d+)/) * PAGE_KB);
    this.#same('MemTotal and zoneinfo', info('MemTotal'), inZones(/managed +(\d+)/) * PAGE_KB);
    for (const list of ['inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable']) {
      const zoneItem = inZones(new RegExp(`nr_zone_${list} +(\\d+)`));
      this.#same(`nr_${list} of zones and nodes`, zoneItem, stat(`nr_zone_${list}`), stat(`nr_${list}`));
    }
    this.#same('nr_zone_write_pending', stat('nr_zone_write_pending'), stat('nr_dirty') + stat('nr_writeback'));
  }

  /** The sum of nodes is the machine. */
  #nodes(): void {
    const online = linesOf(this.#read('/sys/devices/system/node/online'))[0] ?? '0';
    const last = Number(/\d+$/.exec(online)?.[0] ?? 0);
    const folders = Array.from({ length: last + 1 }, (_, nid) => `/sys/devices/system/node/node${nid}`);
    const info = this.#values('/proc/meminfo');
    const nodes = folders.map((folder) => this.#values(`${folder}/meminfo`));
    for (const name of [
      'MemTotal',
      'MemFree',
      'AnonPages',
      'Mapped',
      'Shmem',
      'Slab',
      'PageTables',
      'HugePages_Total',
    ]) {
      this.#same(`${name} of nodes`, info(name), sum(nodes.map((node) => node(name))));
    }
    const counts = folders.map((folder) => this.#values(`${folder}/numastat`));
    for (const numa of counts) {
      this.#same('numastat', numa('numa_hit') + numa('numa_miss'), numa('local_node') + numa('other_node'));
    }
    const all = (name: string): number => sum(counts.map((numa) => numa(name)));
    this.#same('numa_miss and numa_foreign', all('numa_miss'), all('numa_foreign'));
  }

  #slabsAndSwap(): void {
    const info = this.#values('/proc/meminfo');
    this.#same('Slab', info('Slab'), info('SReclaimable') + info('SUnreclaim'));
    const used = linesOf(this.#read('/proc/swaps'))
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
    this.#same('swap in use', info('SwapTotal') - info('SwapFree'), sum(used.map((area) => Number(area[3]))));
    this.#same('SwapTotal', info('SwapTotal'), sum(used.map((area) => Number(area[2]))));
  }

  /** smaps, smaps_rollup, maps, status, statm and stat of one process. */
  #process(pid: number): readonly Mapping[] {
    const of = (name: string): string => this.#read(`/proc/${pid}/${name}`);
    const mappings = mappingsOf(of('smaps'));
    const status = this.#values(`/proc/${pid}/status`);
    const total = (name: string, some = mappings): number => sum(some.map(({ kb }) => kb.get(name) ?? 0));
    const at = (what: string): string => `process ${pid}, ${what}`;
    if (of('maps') !== mappings.map(({ head }) => `${head}\n`).join('')) this.#broken ??= at('maps and smaps');
    const kinds = status('RssAnon') + status('RssFile') + status('RssShmem');
    this.#same(at('Rss'), total('Rss'), status('VmRSS'), kinds);
    this.#same(at('RssAnon'), total('Anonymous'), status('RssAnon'));
    this.#same(at('VmSize'), total('Size'), status('VmSize'));
    this.#same(
      at('VmLck'),
      total(
        'Size',
        mappings.filter(({ flags }) => flags.includes('lo')),
      ),
      status('VmLck'),
    );
    this.#same(
      at('VmSwap'),
      total(
        'Swap',
        mappings.filter(({ head }) => !/ 00:01 /.test(head)),
      ),
      status('VmSwap'),
    );
    this.#atMost(at('VmHWM'), status('VmRSS'), status('VmHWM'));
    this.#atMost(at('VmPeak'), status('VmSize'), status('VmPeak'));
    this.#rollup(pid, total);
    const [size, resident, shared, text, , data] = of('statm').trim().split(' ').map(Number);
    this.#same(at('statm size'), (size ?? 0) * PAGE_KB, status('VmSize'));
    this.#same(at('statm resident'), (resident ?? 0) * PAGE_KB, status('VmRSS'));
    this.#same(at('statm shared'), (shared ?? 0) * PAGE_KB, status('RssFile') + status('RssShmem'));
    this.#same(at('statm text'), (text ?? 0) * PAGE_KB, status('VmExe'));
    this.#same(at('statm data'), (data ?? 0) * PAGE_KB, status('VmData') + status('VmStk'));
    const stat = of('stat')
      .replace(/^.*\) /, '')
      .split(' ')
      .map(Number);
    this.#same(
      at('stat vsize and rss'),
      (stat[20] ?? 0) / 1024 + (stat[21] ?? 0) * PAGE_KB,
      status('VmSize') + status('VmRSS'),
    );
    this.#oomScore(pid, status);
    return mappings;
  }

  /** Numbers of whole pages are the sums; shares are rounded down in each mapping. */
  #rollup(pid: number, total: (name: string) => number): void {
    const rollup = valuesOf(this.#read(`/proc/${pid}/smaps_rollup`));
    for (const [name, kb] of rollup) {
      if (['Pss_Anon', 'Pss_File', 'Pss_Shmem'].includes(name)) continue;
      if (/^(Pss|SwapPss|Locked)/.test(name)) this.#atMost(`process ${pid}, ${name}`, total(name), kb);
      else this.#same(`process ${pid}, ${name}`, total(name), kb);
    }
    const clean = total('Shared_Clean') + total('Private_Clean');
    this.#same(`process ${pid}, Rss`, total('Rss'), clean + total('Shared_Dirty') + total('Private_Dirty'));
  }

  #oomScore(pid: number, status: (name: string) => number): void {
    if (pid === 1) return;
    const info = this.#values('/proc/meminfo');
    const number = (name: string): number => Number(this.#read(`/proc/${pid}/${name}`));
    const all = (info('MemTotal') + info('SwapTotal')) / PAGE_KB;
    const held = (status('VmRSS') + status('VmSwap') + status('VmPTE')) / PAGE_KB;
    const adj = number('oom_score_adj');
    const points = held + adj * Math.floor(all / 1000);
    const score = adj === -1000 ? 0 : Math.trunc(((1000 + Math.trunc((points * 1000) / all)) * 2) / 3);
    this.#same(`process ${pid}, oom_score`, number('oom_score'), score);
  }

  /** What all page tables hold together. */
  #frames(processes: readonly { readonly pid: number; readonly mappings: readonly Mapping[] }[]): void {
    const info = this.#values('/proc/meminfo');
    const anon = new Set<bigint>();
    const file = new Set<bigint>();
    const slots = new Set<bigint>();
    for (const { pid, mappings } of processes) {
      for (const { start, kb, flags } of mappings) {
        // Pages of hugetlb are counted apart.
        if (flags.includes('ht')) continue;
        for (const entry of this.#machine.pagemap(pid, start / (PAGE_KB * 1024), (kb.get('Size') ?? 0) / PAGE_KB)) {
          const place = entry & PM_PFN;
          if (entry & PM_SWAP) slots.add(place);
          else if (entry & PM_PRESENT && !this.#machine.isZero(Number(place)))
            (entry & PM_FILE ? file : anon).add(place);
        }
      }
    }
    this.#same('AnonPages and frames', info('AnonPages'), anon.size * PAGE_KB);
    this.#same('Mapped and frames', info('Mapped'), file.size * PAGE_KB);
    this.#atMost('slots of page tables', slots.size * PAGE_KB, info('SwapTotal') - info('SwapFree'));
    const of = (name: string, path: string): number =>
      sum(processes.map(({ pid }) => this.#values(`/proc/${pid}/${path}`)(name)));
    const frames = (anon.size + file.size) * PAGE_KB;
    const pss = of('Pss', 'smaps_rollup');
    this.#atMost('Pss and frames', pss, frames);
    // Each process has lost less than a kB, and each page less than 1/4096 of a byte for each that maps it.
    this.#atMost('frames and Pss', frames, pss + processes.length + 1);
    this.#same('PageTables', info('PageTables'), of('VmPTE', 'status') + processes.length * PAGE_KB);
  }

  /** Committed_AS: accounted mappings, and shared anonymous memory while anybody maps it. */
  #promises(mappings: readonly Mapping[]): void {
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
    this.#same('Committed_AS', this.#values('/proc/meminfo')('Committed_AS'), own + sum([...this.#promised.values()]));
  }
}
