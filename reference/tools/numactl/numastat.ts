/** numastat(8) of numactl: memory by node. From /sys/devices/system/node and /proc/PID/numa_maps. */
import { PAGE_SIZE } from '../../include/param.ts';
import type { Tool, ToolContext } from '../../include/tool.ts';
import { flags, getopt } from '../getopt.ts';
import { linesOf, readMeminfo, readText, wordsOf } from '../proc_files.ts';
import { EXIT_FAILURE, fail } from '../program.ts';
import { processTables } from './numastat_process.ts';
import { columnTable, type NumaSettings, nodesOf, type TableRow } from './numastat_table.ts';

const USAGE = [
  'Usage: numastat [-c] [-m] [-n] [-p <PID>|<pattern>] [-s[<node>]] [-v] [-V] [-z] [ <PID>|<pattern>... ]',
  '-c  narrow columns',
  '-m  what meminfo says, by node',
  '-n  counters of allocations',
  '-p  processes, by number or by a part of their name',
  '-s  sorted by a node, or by the sum',
  '-v  more about several processes',
  '-V  the version',
  '-z  without zeroes',
  '',
].join('\n');

const MIB = 2 ** 20;

const COUNTERS = ['Numa_Hit', 'Numa_Miss', 'Numa_Foreign', 'Interleave_Hit', 'Local_Node', 'Other_Node'] as const;

/** Rows of -m, in their order. */
const MEMINFO: readonly string[] = [
  ...['MemTotal', 'MemFree', 'MemUsed', 'HighTotal', 'HighFree', 'LowTotal', 'LowFree', 'Active', 'Inactive'],
  ...['Active(anon)', 'Inactive(anon)', 'Active(file)', 'Inactive(file)', 'Unevictable', 'Mlocked', 'Dirty'],
  ...['Writeback', 'FilePages', 'Mapped', 'AnonPages', 'Shmem', 'KernelStack', 'PageTables', 'NFS_Unstable', 'Bounce'],
  ...['WritebackTmp', 'Slab', 'SReclaimable', 'SUnreclaim', 'AnonHugePages', 'ShmemHugePages', 'ShmemPmdMapped'],
  ...['HugePages_Total', 'HugePages_Free', 'HugePages_Surp', 'KReclaimable'],
];

interface Asked extends NumaSettings {
  meminfo: boolean;
  counters: boolean;
  verbose: boolean;
  pids: number[];
}

export const numastat: Tool = (context) => {
  const { args, files, out } = context;
  const nodes = nodesOf(files);
  if (args.length === 0) {
    out(plain(context, nodes));
    return 0;
  }
  const asked = parse(context);
  if (typeof asked === 'number') return asked;
  const hugeBytes = readMeminfo(files).get('Hugepagesize') * 1024;
  const pids = [...new Set(asked.pids)].sort((a, b) => a - b);
  if (pids.length > 0) processTables(context, asked, asked.verbose, { pids, nodes, hugeBytes });
  if (asked.meminfo) out(meminfoTable(context, asked, nodes, hugeBytes));
  if (asked.counters || (pids.length === 0 && !asked.meminfo)) out(countersTable(context, asked, nodes));
  return 0;
};

function parse(context: ToolContext): Asked | number {
  const { options, operands } = getopt(context.args, 'cmnp:s::vVz?', flags({ help: 'help' }));
  const asked: Asked = {
    ...{ compress: false, meminfo: false, counters: false, verbose: false, showZeroes: true, sortBy: null, pids: [] },
  };
  for (const { name, value } of options) {
    if (name === 'V') {
      context.out('numastat version: 20130723: numactl 2.0.16\n');
      return 0;
    }
    if (name === '?' || name === 'help') {
      if (value !== '') fail(context, value);
      context.err(USAGE);
      return EXIT_FAILURE;
    }
    if (name === 'c') asked.compress = true;
    else if (name === 'm') asked.meminfo = true;
    else if (name === 'n') asked.counters = true;
    else if (name === 'v') asked.verbose = true;
    else if (name === 'z') asked.showZeroes = false;
    else if (name === 's') asked.sortBy = /^\d+$/.test(value) ? Number(value) : 'total';
    else asked.pids.push(...pidsOf(context, value));
  }
  for (const word of operands) asked.pids.push(...pidsOf(context, word));
  return asked;
}

/** By number; or all whose name or command contains a text. */
function pidsOf({ files, pid: own, out }: ToolContext, word: string): number[] {
  if (/^\d+$/.test(word)) return [Number(word)];
  const names = files.list('/proc');
  const pids = (typeof names === 'number' ? [] : names).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = pids.filter((pid) => {
    const name = /^Name:\s+(.*)$/m.exec(readText(files, `/proc/${pid}/status`))?.[1] ?? '';
    const command = readText(files, `/proc/${pid}/cmdline`).replaceAll('\0', ' ');
    return pid !== own && `${name} ${command}`.includes(word);
  });
  if (found.length === 0) out(`Found no processes containing pattern: "${word}"\n`);
  return found;
}

const nodeFile = (node: number, name: string): string => `/sys/devices/system/node/node${node}/${name}`;

/** As the old program did: pages, no sums. */
function plain({ files }: ToolContext, nodes: readonly number[]): string {
  const columns = nodes.map((node) =>
    linesOf(readText(files, nodeFile(node, 'numastat'))).map((line) => line.split(' ')),
  );
  const [first = []] = columns;
  const header = `${' '.repeat(16)}${nodes.map((node) => `node${node}`.padStart(16)).join('')}\n`;
  const rows = first.map(([name], i) => {
    return `${name.padEnd(16)}${columns.map((lines) => lines[i][1].padStart(16)).join('')}\n`;
  });
  return header + rows.join('');
}

function countersTable({ files }: ToolContext, asked: Asked, nodes: readonly number[]): string {
  const rows = COUNTERS.map((label): TableRow => {
    const values = nodes.map((node) => {
      const lines = linesOf(readText(files, nodeFile(node, 'numastat'))).map(wordsOf);
      const line = lines.find(([name]) => name === label.toLowerCase());
      return (Number(line?.[1] ?? 0) * PAGE_SIZE) / MIB;
    });
    return { label, values };
  });
  return `\nPer-node numastat info (in MBs):\n${columnTable(rows, nodes, asked)}`;
}

/** Lines that it does not know it says so of. */
function meminfoTable({ files }: ToolContext, asked: Asked, nodes: readonly number[], hugeBytes: number): string {
  let unknown = '';
  const byNode = nodes.map((node) => {
    const values = new Map<string, number>();
    for (const line of linesOf(readText(files, nodeFile(node, 'meminfo')))) {
      const [, , label, number, unit] = line.replaceAll(':', ' ').split(/\s+/);
      if (!MEMINFO.includes(label)) unknown += `Token ${label} not in hash table.\n`;
      const bytes = label.startsWith('HugePages') ? hugeBytes : unit === 'kB' ? 1024 : 1;
      values.set(label, (Number(number) * bytes) / MIB);
    }
    return values;
  });
  const rows = MEMINFO.filter((label) => byNode.some((values) => values.has(label))).map((label): TableRow => {
    return { label, values: byNode.map((values) => values.get(label) ?? 0) };
  });
  return `\nPer-node system memory usage (in MBs):\n${unknown}${columnTable(rows, nodes, asked)}`;
}
