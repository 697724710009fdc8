/** numastat -p: where the memory of processes lies. From /proc/PID/numa_maps. */

import { PAGE_SIZE } from '../../include/param.ts';
import type { ToolContext } from '../../include/tool.ts';
import { strerror } from '../../lib/strerror.ts';
import { linesOf, readText, wordsOf } from '../proc_files.ts';
import { columnTable, type NumaSettings, type TableRow } from './numastat_table.ts';

const MIB = 2 ** 20;
/** Words that tell what a mapping is; all else is Private. */
const CATEGORIES = [
  ['Huge', 'huge'],
  ['Heap', 'heap'],
  ['Stack', 'stack'],
] as const;
const PRIVATE = CATEGORIES.length;
const LABELS = [...CATEGORIES.map(([label]) => label), 'Private'];

export interface ProcessesAsked {
  /** Ascending. */
  readonly pids: readonly number[];
  readonly nodes: readonly number[];
  readonly hugeBytes: number;
}

export function processTables(
  context: ToolContext,
  settings: NumaSettings,
  verbose: boolean,
  { pids, nodes, hugeBytes }: ProcessesAsked,
): void {
  const { out } = context;
  const total = (rows: readonly TableRow[]): TableRow => ({
    label: 'Total',
    values: nodes.map((_, i) => rows.reduce((sum, { values }) => sum + values[i], 0)),
  });
  const inDetail = verbose || pids.length === 1;
  if (!inDetail) out('\nPer-node process memory usage (in MBs)\n');
  const processes: TableRow[] = [];
  let lastIsMissing = false;
  for (const pid of pids) {
    const name = /^Name:\s+(.*)$/m.exec(readText(context.files, `/proc/${pid}/status`))?.[1] ?? '(null)';
    if (inDetail) out(`\nPer-node process memory usage (in MBs) for PID ${pid} (${name})\n`);
    const rows = readNumaMaps(context, pid, nodes, hugeBytes);
    lastIsMissing = rows === null;
    const shown = rows ?? [{ label: '', values: nodes.map(() => 0) }];
    processes.push({ ...total(shown), label: `${pid} (${name})` });
    if (inDetail && rows !== null) out(columnTable(rows, nodes, settings, { title: '', total: total(rows) }));
  }
  // A table is shown when its last process has been read.
  if (!inDetail && !lastIsMissing)
    out(columnTable(processes, nodes, settings, { title: 'PID', total: total(processes) }));
}

/** @returns a row for each category; null: there is no such process */
function readNumaMaps(
  { files, err }: ToolContext,
  pid: number,
  nodes: readonly number[],
  hugeBytes: number,
): TableRow[] | null {
  const path = `/proc/${pid}/numa_maps`;
  const text = files.read(path);
  if (typeof text === 'number') {
    err(`Can't read ${path}: ${strerror(text)}\n`);
    return null;
  }
  const sums = LABELS.map(() => nodes.map(() => 0));
  for (const line of linesOf(text)) {
    let category: number = PRIVATE;
    for (const word of wordsOf(line)) {
      const known = CATEGORIES.findIndex(([, token]) => word.startsWith(token));
      if (category === PRIVATE && known >= 0) category = known;
      const [, node, pages] = /^N(\d+)=(\d+)$/.exec(word) ?? [];
      if (node === undefined) continue;
      const bytes = category === 0 ? hugeBytes : PAGE_SIZE;
      sums[category][nodes.indexOf(Number(node))] += (Number(pages) * bytes) / MIB;
    }
  }
  return LABELS.map((label, i) => ({ label, values: sums[i] }));
}
