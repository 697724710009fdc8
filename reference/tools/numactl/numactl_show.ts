/** numactl --hardware and --show. */
import type { Files, ToolContext } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { linesOf, readText, wordsOf } from '../proc_files.ts';
import { allowed, cpusOf } from './numa_nodes.ts';
import { nodesOf } from './numastat_table.ts';

/** `0-2,5`. */
function rangesOf(numbers: readonly number[]): string {
  let text = '';
  for (const [i, number] of numbers.entries()) {
    const isNext = numbers[i - 1] === number - 1;
    const goesOn = numbers[i + 1] === number + 1;
    if (!isNext) text += `${i > 0 ? ',' : ''}${number}${goesOn ? '-' : ''}`;
    else if (!goesOn) text += String(number);
  }
  return text;
}

export function hardware(files: Files): string {
  const nodes = nodesOf(files);
  const lines = nodes.flatMap((node) => {
    const meminfo = linesOf(readText(files, `/sys/devices/system/node/node${node}/meminfo`));
    const mb = (label: string): string => {
      const kb = meminfo.map(wordsOf).find(([, , name]) => name === `${label}:`)?.[3];
      return `${Math.floor(Number(kb ?? 0) / 1024)} MB`;
    };
    const cpus = cpusOf(files, node).map((cpu) => ` ${cpu}`);
    return [
      `node ${node} cpus:${cpus.join('')}`,
      `node ${node} size: ${mb('MemTotal')}`,
      `node ${node} free: ${mb('MemFree')}`,
    ];
  });
  const column = (number: number): string => `${String(number).padStart(3)} `;
  const rows = nodes.map((node) => {
    const distances = wordsOf(readText(files, `/sys/devices/system/node/node${node}/distance`)).map(Number);
    return `${String(node).padStart(3)}: ${distances.map(column).join('')}`;
  });
  const titles = `node ${nodes.map(column).join('')}`;
  return [
    `available: ${nodes.length} nodes (${rangesOf(nodes)})`,
    ...lines,
    'node distances:',
    titles,
    ...rows,
    '',
  ].join('\n');
}

export function show({ kernel, pid, files }: ToolContext<Kernel>): string {
  const policy = kernel.syscall(pid, 'get_mempolicy');
  if (typeof policy === 'number') return '';
  const nodes = nodesOf(files);
  const inMask = (mask: number): number[] => nodes.filter((node) => (mask & (2 ** node)) !== 0);
  const list = (label: string, numbers: readonly number[]): string =>
    `${label}: ${numbers.map((number) => `${number} `).join('')}`;
  const cpus = allowed(files, 'Cpus_allowed_list');
  const runsOn = nodes.filter((node) => cpusOf(files, node).some((cpu) => cpus.includes(cpu)));
  const bound = policy.kind === 'bind' ? inMask(policy.nodes) : allowed(files, 'Mems_allowed_list');
  const interleaved = policy.kind === 'interleave' ? inMask(policy.nodes) : [];
  const next = interleaved.find((node) => policy.kind === 'interleave' && node > policy.previous) ?? interleaved[0];
  const preferred: Readonly<Record<typeof policy.kind, readonly string[]>> = {
    default: ['current'],
    local: [],
    preferred: [policy.kind === 'preferred' ? String(policy.nid) : ''],
    bind: [String(bound[0])],
    interleave: [`${next} (interleave next)`],
  };
  return [
    `policy: ${policy.kind}`,
    `preferred node: ${preferred[policy.kind][0] ?? ''}`,
    ...(policy.kind === 'interleave' ? [list('interleavemask', interleaved), `interleavenode: ${next}`] : []),
    list('physcpubind', cpus),
    list('cpubind', runsOn),
    list('nodebind', runsOn),
    list('membind', bound),
    list('preferred', policy.kind === 'preferred' ? [policy.nid] : []),
    '',
  ].join('\n');
}
