/** `ulimit`: what the shell and all it starts may have. bash(1), setrlimit(2). */
import type { Rlimits } from '../../include/mm_types.ts';
import type { Builtin } from '../runner.ts';

interface Limit {
  readonly says: string;
  readonly resource: keyof Rlimits;
}

/** All are told in kbytes. */
const LIMITS: Readonly<Record<string, Limit>> = {
  d: { says: 'data seg size               (kbytes, -d)', resource: 'data' },
  l: { says: 'max locked memory           (kbytes, -l)', resource: 'memlock' },
  s: { says: 'stack size                  (kbytes, -s)', resource: 'stack' },
  v: { says: 'virtual memory              (kbytes, -v)', resource: 'as' },
};

const kbytes = (bytes: number): string => (bytes === Infinity ? 'unlimited' : String(bytes / 1024));

export const ulimit: Builtin = ({ state, args, out, streams, fail }) => {
  const { kernel, processes } = state.system;
  const rlimits = processes.find(state.pid)?.owner.rlimits;
  if (rlimits === undefined) return 1;
  const [flag = '', value] = args;
  if (flag === '-a') {
    for (const { says, resource } of Object.values(LIMITS)) out(`${says} ${kbytes(rlimits[resource])}\n`);
    return 0;
  }
  const limit = LIMITS[flag.replace(/^-[SH]?/, '')];
  if (limit === undefined) {
    if (flag === '') out('unlimited\n');
    else streams.err.write(`bash: ulimit: ${flag}: invalid option\nulimit: usage: ulimit [-SHadlsv] [limit]\n`);
    return flag === '' ? 0 : 2;
  }
  if (value === undefined) {
    out(`${kbytes(rlimits[limit.resource])}\n`);
    return 0;
  }
  if (value !== 'unlimited' && !/^\d+$/.test(value)) return fail(`${value}: invalid number`);
  const bytes = value === 'unlimited' ? Infinity : Number(value) * 1024;
  return kernel.syscall(state.pid, 'setrlimit', limit.resource, bytes) === 0 ? 0 : 1;
};
