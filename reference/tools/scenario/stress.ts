/**
 * stress(1): workers that do nothing but use memory, disks or CPUs.
 *
 *     stress --vm 2 --vm-bytes 64M --vm-hang 0 --timeout 10s
 */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { O_CREAT, O_RDWR } from '../../include/fcntl.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Running, Tool, ToolContext } from '../../include/tool.ts';
import type { Pid } from '../../include/types.ts';
import type { Kernel } from '../../init/kernel.ts';
import { programMemory } from '../../init/program_memory.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { EXIT_FAILURE, fail } from '../program.ts';
import { PAGE_WORK_NS } from './scenario_memory.ts';
import { sizeOf } from './scenario_parse.ts';

const USAGE = [
  '`stress` keeps a machine busy.',
  '',
  'Usage: stress [OPTION [ARG]] ...',
  ' -?, --help         this text',
  ' -v, --verbose      says more',
  ' -q, --quiet        says nothing',
  ' -t, --timeout N    ends after N seconds',
  ' -c, --cpu N        N workers that compute',
  ' -i, --io N         N workers that call sync()',
  ' -m, --vm N         N workers that ask for memory, write it and give it back',
  '     --vm-bytes B   so much each (256M)',
  '     --vm-stride B  a byte every B bytes (4096)',
  '     --vm-hang N    sleep N seconds before it is given back; 0: for ever',
  '     --vm-keep      write the same memory again and again',
  ' -d, --hdd N        N workers that write a file and remove it',
  '     --hdd-bytes B  so much each (1G)',
  '',
  'Numbers may end in s,m,h,d,y (time) or B,K,M,G (size).',
  '',
].join('\n');

const LONG = {
  ...flags({ help: '?', version: 'version', verbose: 'v', quiet: 'q', 'vm-keep': 'keep', 'dry-run': 'n' }),
  ...withValue('required', { timeout: 't', cpu: 'c', io: 'i', vm: 'm', hdd: 'd', backoff: 'b' }),
  ...withValue('required', { 'vm-bytes': 'bytes', 'vm-stride': 'stride', 'vm-hang': 'hang', 'hdd-bytes': 'hddbytes' }),
};

const TIME: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400, y: 31536000 };
const CHUNK_PAGES = 64;
const BY_SIGNAL = 128;
/** How often whoever waits for workers looks after them, in ns. */
const LOOK_NS = 10_000_000;

interface Settings {
  /** Workers by kind, in the order in which they are started. */
  workers: { cpu: number; io: number; vm: number; hdd: number };
  bytes: number;
  stride: number;
  /** Seconds; null: none. */
  hang: number | null;
  keep: boolean;
  hddBytes: number;
  /** Seconds. */
  timeout: number;
  quiet: boolean;
}

/** `64M`; null: it is no size. `10s`; null: it is no time. */
function secondsOf(text: string): number | null {
  const [, digits, unit] = /^(\d+)([smhdy]?)$/.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * TIME[unit];
}

export const stress: Tool<Kernel> = function* (context): Running {
  const settings = parse(context);
  if (typeof settings === 'number') return settings;
  const { workers, timeout, quiet } = settings;
  const say = (level: string, text: string): void => {
    const write = level === 'info' ? context.out : context.err;
    if (!quiet || level === 'FAIL') write(`stress: ${level}: [${context.pid}] ${text}\n`);
  };
  const { cpu, io, vm, hdd } = workers;
  if (cpu + io + vm + hdd === 0) {
    context.out(USAGE);
    return 0;
  }
  say('info', `dispatching hogs: ${cpu} cpu, ${io} io, ${vm} vm, ${hdd} hdd`);
  const startedAt = context.now();
  const children: Pid[] = [];
  for (const [kind, worker] of WORKERS) {
    for (let i = 0; i < workers[kind]; i++) {
      const child = context.spawn('stress', worker(settings), []);
      if (child < 0) return giveUp(context, say, children, 'fork failed');
      children.push(child);
    }
  }
  const { pids } = context.kernel.rooms;
  const isAlive = (pid: Pid): boolean => pids.find(pid)?.mm != null;
  const end = startedAt + timeout * NSEC_PER_SEC;
  while (context.now() < end && children.every(isAlive)) yield Math.min(LOOK_NS, end - context.now());
  const seconds = (): number => Math.floor((context.now() - startedAt) / NSEC_PER_SEC);
  const dead = children.find((pid) => !isAlive(pid));
  if (dead !== undefined && context.now() < end) {
    const status = yield* context.wait(dead);
    const signal = status > BY_SIGNAL ? `got signal ${status - BY_SIGNAL}` : `returned error ${status}`;
    const rest = children.filter((pid) => pid !== dead);
    say('FAIL', `(415) <-- worker ${dead} ${signal}`);
    say('WARN', '(417) now reaping child worker processes');
    yield* reap(context, rest);
    say('FAIL', `(451) failed run completed in ${seconds()}s`);
    return EXIT_FAILURE;
  }
  yield* reap(context, children);
  say('info', `successful run completed in ${seconds()}s`);
  return 0;
};

function giveUp(
  context: ToolContext<Kernel>,
  say: (level: string, text: string) => void,
  children: readonly Pid[],
  why: string,
): number {
  say('FAIL', why);
  for (const child of children) context.kernel.syscall(context.pid, 'kill', child, 9);
  return EXIT_FAILURE;
}

function* reap({ kernel, pid, wait }: ToolContext<Kernel>, children: readonly Pid[]): Running {
  for (const child of children) kernel.syscall(pid, 'kill', child, 9);
  for (const child of children) yield* wait(child);
  return 0;
}

/** @returns the exit status when there is nothing to do */
function parse(context: ToolContext): Settings | number {
  const { options, operands } = getopt(context.args, '?vqnt:c:i:m:d:b:', LONG);
  const settings: Settings = {
    ...{ workers: { cpu: 0, io: 0, vm: 0, hdd: 0 }, bytes: 256 * 2 ** 20, stride: PAGE_SIZE, hang: null, keep: false },
    ...{ hddBytes: 2 ** 30, timeout: Infinity, quiet: false },
  };
  const kinds: Readonly<Record<string, keyof Settings['workers']>> = { c: 'cpu', i: 'io', m: 'vm', d: 'hdd' };
  for (const { name, value } of options) {
    if (name === '?' && value === '') {
      context.out(USAGE);
      return 0;
    }
    if (name === '?') return fail(context, `FAIL: [${context.pid}] ${value}`);
    const size = sizeOf(value);
    const seconds = secondsOf(value);
    if (Object.hasOwn(kinds, name)) {
      if (!/^\d+$/.test(value)) return fail(context, `FAIL: [${context.pid}] value '${value}' is no number of workers`);
      settings.workers[kinds[name]] = Number(value);
    } else if (name === 't' || name === 'hang') {
      if (seconds === null) return fail(context, `FAIL: [${context.pid}] value '${value}' is no time`);
      if (name === 't') settings.timeout = seconds;
      else settings.hang = seconds;
    } else if (name === 'bytes' || name === 'stride' || name === 'hddbytes') {
      if (size === null || size === 0) return fail(context, `FAIL: [${context.pid}] value '${value}' is no size`);
      if (name === 'bytes') settings.bytes = size;
      else if (name === 'stride') settings.stride = size;
      else settings.hddBytes = size;
    } else if (name === 'keep') settings.keep = true;
    else if (name === 'q') settings.quiet = true;
    else if (name === 'version') {
      context.out('stress 1.0.7\n');
      return 0;
    }
  }
  if (operands.length > 0) return fail(context, `FAIL: [${context.pid}] unrecognized option: ${operands[0]}`);
  return settings;
}

type Worker = (settings: Settings) => Tool<Kernel>;

const cpuWorker: Worker = () =>
  function* ({ pid }): Running {
    for (;;) yield { pid, ns: NSEC_PER_SEC / 100 };
  };

const ioWorker: Worker = () =>
  function* ({ kernel, pid }): Running {
    for (;;) {
      kernel.syscall(pid, 'sync');
      yield NSEC_PER_SEC / 100;
    }
  };

const vmWorker: Worker = ({ bytes, stride, hang, keep }) =>
  function* ({ kernel, pid, err }): Running {
    const memory = programMemory(kernel, pid);
    const batch = CHUNK_PAGES * Math.max(Math.floor(PAGE_SIZE / stride), 1);
    for (;;) {
      const start = memory.mmap(bytes);
      if (start < 0) {
        err(`stress: FAIL: [${pid}] (494) hogvm malloc failed: ${strerror(start)}\n`);
        return EXIT_FAILURE;
      }
      do {
        for (let i = 0; i * stride < bytes; i++) {
          if (!memory.store(start + i * stride, 0x5a)) return EXIT_FAILURE;
          if (i % batch === batch - 1) yield { pid, ns: CHUNK_PAGES * PAGE_WORK_NS };
        }
        // For ever: whoever is woken for another reason sleeps on.
        while (hang === 0) yield Infinity;
        yield hang === null ? { pid, ns: PAGE_WORK_NS } : hang * NSEC_PER_SEC;
      } while (keep);
      memory.munmap(start, bytes);
    }
  };

const hddWorker: Worker = ({ hddBytes }) =>
  function* ({ kernel, pid }): Running {
    const chunk = CHUNK_PAGES * PAGE_SIZE;
    const path = `/stress.${pid}`;
    const buffer = programMemory(kernel, pid).mmap(chunk);
    for (;;) {
      const fd = kernel.syscall(pid, 'open', path, O_RDWR | O_CREAT);
      if (buffer < 0 || fd < 0) return EXIT_FAILURE;
      for (let done = 0; done < hddBytes; done += chunk) {
        if (kernel.syscall(pid, 'write', fd, buffer, Math.min(chunk, hddBytes - done)) < 0) return EXIT_FAILURE;
        yield { pid, ns: CHUNK_PAGES * PAGE_WORK_NS };
      }
      kernel.syscall(pid, 'close', fd);
      kernel.syscall(pid, 'unlink', path);
    }
  };

const WORKERS: readonly (readonly [kind: keyof Settings['workers'], worker: Worker])[] = [
  ['cpu', cpuWorker],
  ['io', ioWorker],
  ['vm', vmWorker],
  ['hdd', hddWorker],
];
