/** numactl(8): nodes of the machine, and programs with a policy. /sys/devices/system/node, set_mempolicy(2), sched_setaffinity(2). */

import type { Running, Tool, ToolContext } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { EXIT_FAILURE, fail } from '../program.ts';
import { cpusOf, listOf } from './numa_nodes.ts';
import { hardware, show } from './numactl_show.ts';
import { nodesOf } from './numastat_table.ts';

const USAGE = [
  'usage: numactl [--all | -a] [--balancing | -b] [--interleave= | -i <nodes>]',
  '               [--preferred= | -p <node>] [--physcpubind= | -C <cpus>] [--cpunodebind= | -N <nodes>]',
  '               [--membind= | -m <nodes>] [--localalloc | -l] command args ...',
  '       numactl [--show | -s]',
  '       numactl [--hardware | -H]',
  '',
  '<nodes> and <cpus>: numbers and ranges A-B with commas between, or all; ! in front: all others',
  '--cpubind is the old name of --cpunodebind',
  '',
].join('\n');

const LONG = {
  ...flags({ all: 'a', show: 's', hardware: 'H', localalloc: 'l', balancing: 'b', strict: 't' }),
  ...withValue('required', { interleave: 'i', preferred: 'p', membind: 'm', cpubind: 'N', cpunodebind: 'N' }),
  ...withValue('required', { physcpubind: 'C' }),
};

const MPOL = { p: 1, m: 2, i: 3, l: 4 } as const;
type PolicyOption = keyof typeof MPOL;
const isPolicy = (name: string): name is PolicyOption => Object.hasOwn(MPOL, name);

export const numactl: Tool<Kernel> = function* (context): Running {
  const { options, operands } = getopt(context.args, '+asHlbti:p:m:N:c:C:', LONG);
  let hasPolicy = false;
  for (const { name, value } of options) {
    if (name === '?') return misused(context, value);
    if (name === 's' || name === 'H') {
      if (name === 'H' && hasPolicy) return misused(context, 'specify policy after --shm/--file');
      context.out(name === 's' ? show(context) : hardware(context.files));
      return 0;
    }
    if (isPolicy(name)) {
      if (hasPolicy && name !== 'i') return misused(context, 'Conflicting policies');
      const status = setPolicy(context, name, value, hasPolicy);
      if (status !== 0) return status;
      hasPolicy = true;
    } else if (name === 'N' || name === 'c' || name === 'C') {
      const status = bindCpus(context, name === 'C' ? 'cpu' : 'node', value);
      if (status !== 0) return status;
    }
  }
  const [command] = operands;
  if (command === undefined) return misused(context, '');
  const status = yield* context.exec(operands);
  return status;
};

function misused(context: ToolContext, why: string): number {
  if (why !== '') fail(context, why);
  context.err(USAGE);
  return EXIT_FAILURE;
}

/** Numbers from a list. @returns the exit status: it was none, or one does not exist */
function parseList(
  context: ToolContext,
  what: 'node' | 'cpu',
  text: string,
  all: readonly number[],
): number[] | number {
  const members = listOf(text, all);
  if (Array.isArray(members)) return members;
  const warning =
    members === null ? `unparseable ${what} description \`${text}'` : `${what} argument ${members} is out of range`;
  context.err(`libnuma: Warning: ${warning}\n\n`);
  context.out(`<${text}> is invalid\n`);
  return misused(context, '');
}

function setPolicy(context: ToolContext<Kernel>, name: PolicyOption, text: string, hasPolicy: boolean): number {
  const { kernel, pid, files } = context;
  const nodes = name === 'l' ? [] : parseList(context, 'node', text, nodesOf(files));
  if (typeof nodes === 'number') return nodes;
  if (hasPolicy) return misused(context, 'Conflicting policies');
  if (name === 'p' && nodes.length !== 1) return misused(context, '');
  const mask = nodes.reduce((sum, node) => sum + 2 ** node, 0);
  const error = kernel.syscall(pid, 'set_mempolicy', MPOL[name], mask);
  if (error === 0) return 0;
  const what = {
    i: 'setting interleave mask',
    m: 'setting membind',
    p: 'setting preferred node',
    l: 'local allocation',
  };
  context.err(`${what[name]}: ${strerror(error)}\n`);
  return EXIT_FAILURE;
}

function bindCpus(context: ToolContext<Kernel>, what: 'node' | 'cpu', text: string): number {
  const { kernel, pid, files } = context;
  const nodes = nodesOf(files);
  const all = what === 'node' ? nodes : nodes.flatMap((node) => cpusOf(files, node));
  const members = parseList(context, what, text, all);
  if (typeof members === 'number') return members;
  const cpus = what === 'node' ? members.flatMap((node) => cpusOf(files, node)) : members;
  const error = kernel.syscall(pid, 'sched_setaffinity', 0, cpus);
  if (error === 0) return 0;
  context.err(`sched_setaffinity: ${strerror(error)}\n`);
  return EXIT_FAILURE;
}
