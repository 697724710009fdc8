/**
 * What the files of one process must agree on.
 *
 *     smaps of all mappings = smaps_rollup = status = statm = stat = entries of pagemap
 */

import { type Look, PAGE_KB } from './proc_look.ts';
import { type Mapping, mappingsOf, sum, valuesOf } from './proc_text.ts';

const PM_PRESENT = 1n << 63n;
const PM_SWAP = 1n << 62n;
const PM_FILE = 1n << 61n;
const PM_PLACE = (1n << 55n) - 1n;

/** One process, as its files show it. */
export interface ProcessText {
  readonly pid: number;
  readonly mappings: readonly Mapping[];
  /** Frames and slots of its page tables, one for each entry. Pages of hugetlb are counted apart, zeroes nowhere. */
  readonly entries: Readonly<Record<'anon' | 'file' | 'swap', readonly number[]>>;
}

export function processOf(look: Look, pid: number): ProcessText {
  const of = (name: string): string => look.read(`/proc/${pid}/${name}`);
  const mappings = mappingsOf(of('smaps'));
  const status = look.values(`/proc/${pid}/status`);
  const total = (name: string, some = mappings): number => sum(some.map(({ kb }) => kb.get(name) ?? 0));
  const at = (what: string): string => `process ${pid}, ${what}`;
  const locked = mappings.filter(({ flags }) => flags.includes('lo'));
  const ownSwap = mappings.filter(({ head }) => !/ 00:01 /.test(head));
  if (of('maps') !== mappings.map(({ head }) => `${head}\n`).join('')) look.broken ??= at('maps and smaps');
  const kinds = status('RssAnon') + status('RssFile') + status('RssShmem');
  look.same(at('Rss'), total('Rss'), status('VmRSS'), kinds);
  look.same(at('RssAnon'), total('Anonymous'), status('RssAnon'));
  look.same(at('VmSize'), total('Size'), status('VmSize'));
  look.same(at('VmLck'), total('Size', locked), status('VmLck'));
  look.same(at('VmSwap'), total('Swap', ownSwap), status('VmSwap'));
  look.same(at('HugetlbPages'), total('Private_Hugetlb') + total('Shared_Hugetlb'), status('HugetlbPages'));
  look.atMost(at('VmHWM'), status('VmRSS'), status('VmHWM'));
  look.atMost(at('VmPeak'), status('VmSize'), status('VmPeak'));
  rollup(look, pid, total);
  const [size = 0, resident = 0, shared = 0, text = 0, , data = 0] = of('statm').trim().split(' ').map(Number);
  look.same(at('statm size'), size * PAGE_KB, status('VmSize'));
  look.same(at('statm resident'), resident * PAGE_KB, status('VmRSS'));
  look.same(at('statm shared'), shared * PAGE_KB, status('RssFile') + status('RssShmem'));
  look.same(at('statm text'), text * PAGE_KB, status('VmExe'));
  look.same(at('statm data'), data * PAGE_KB, status('VmData') + status('VmStk'));
  const stat = of('stat')
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number);
  const [vsize = 0, rss = 0] = stat.slice(20);
  look.same(at('stat vsize'), vsize / 1024, status('VmSize'));
  look.same(at('stat rss'), rss * PAGE_KB, status('VmRSS'));
  oomScore(look, pid, status);
  const entries = entriesOf(look, pid, mappings);
  look.same(at('RssAnon and pagemap'), status('RssAnon'), entries.anon.length * PAGE_KB);
  look.same(at('RssFile, RssShmem and pagemap'), status('VmRSS') - status('RssAnon'), entries.file.length * PAGE_KB);
  look.same(at('VmSwap and pagemap'), status('VmSwap'), entries.swap.length * PAGE_KB);
  return { pid, mappings, entries };
}

/** Numbers of whole pages are the sums; shares are rounded down in each mapping. */
function rollup(look: Look, pid: number, total: (name: string) => number): void {
  const values = valuesOf(look.read(`/proc/${pid}/smaps_rollup`));
  for (const [name, kb] of values) {
    if (['Pss_Anon', 'Pss_File', 'Pss_Shmem'].includes(name)) continue;
    if (/^(Pss|SwapPss|Locked)/.test(name)) look.atMost(`process ${pid}, ${name}`, total(name), kb);
    else look.same(`process ${pid}, ${name}`, total(name), kb);
  }
  const clean = total('Shared_Clean') + total('Private_Clean');
  look.same(`process ${pid}, Rss`, total('Rss'), clean + total('Shared_Dirty') + total('Private_Dirty'));
}

function oomScore(look: Look, pid: number, status: (name: string) => number): void {
  if (pid === 1) return;
  const info = look.values('/proc/meminfo');
  const all = (info('MemTotal') + info('SwapTotal')) / PAGE_KB;
  const held = (status('VmRSS') + status('VmSwap') + status('VmPTE')) / PAGE_KB;
  const adj = look.number(`/proc/${pid}/oom_score_adj`);
  const points = held + adj * Math.floor(all / 1000);
  const score = adj === -1000 ? 0 : Math.trunc(((1000 + Math.trunc((points * 1000) / all)) * 2) / 3);
  look.same(`process ${pid}, oom_score`, look.number(`/proc/${pid}/oom_score`), score);
}

function entriesOf({ machine }: Look, pid: number, mappings: readonly Mapping[]): ProcessText['entries'] {
  const entries = { anon: [] as number[], file: [] as number[], swap: [] as number[] };
  for (const { start, kb, flags } of mappings) {
    if (flags.includes('ht')) continue;
    for (const entry of machine.pagemap(pid, start / (PAGE_KB * 1024), (kb.get('Size') ?? 0) / PAGE_KB)) {
      if (entry === 0n) continue;
      const place = Number(entry & PM_PLACE);
      if (entry & PM_SWAP) entries.swap.push(place);
      else if (entry & PM_PRESENT && !machine.isZero(place)) entries[entry & PM_FILE ? 'file' : 'anon'].push(place);
    }
  }
  return entries;
}
