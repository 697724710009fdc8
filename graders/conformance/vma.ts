/** Family vma: random calls on one address space; return value, errno, sums and all mappings after each. */
import { z } from 'zod';
import type { Kernel } from './kernel.ts';
import { newMm, rootOn } from './machine.ts';
import { bootMachine, ext4File, type Machine, memfd } from './memory.ts';
import { type Disagreement, type Outcome, playSteps } from './recording.ts';
import { errnoName, type Mm, SystemCall, systemCall, type Target, type VmFile } from './system_calls.ts';

/** Where the recorded process had its arena: address 0 of the recording. */
const ARENA = 2 ** 44;
const PAGE = 4096;

const Vma = z.tuple([z.number(), z.number(), z.string(), z.number(), z.string(), z.string()]);
const seen = {
  i: z.number(),
  ret: z.union([z.number(), z.string()]),
  err: z.string().default(''),
  vmsize: z.number(),
  vmdata: z.number(),
  vmlck_kb: z.number(),
  vmas: z.array(Vma),
};
const Step = z.union([
  z.intersection(SystemCall, z.object(seen)),
  z.object({ op: z.literal('brk'), addr: z.number(), ...seen }),
  z.object({ op: z.literal('touch'), addr: z.number(), write: z.boolean(), ...seen }),
  z.object({ op: z.literal('fork'), ...seen }),
]);
type Step = z.infer<typeof Step>;
const FileDescription = z.object({ type: z.enum(['memfd', 'ext4']), pages: z.number(), open: z.enum(['rw', 'r']) });
const Trace = z.object({
  files: z.record(z.string(), FileDescription),
  start_brk: z.number().optional(),
  rlimit_as_slack_pages: z.number().optional(),
  steps: z.array(Step),
});

/** What is compared after a step. */
type State = Pick<Step, 'ret' | 'err' | 'vmsize' | 'vmdata' | 'vmlck_kb' | 'vmas'>;

export function replayVma(kernel: Kernel, content: unknown): Outcome {
  const trace = Trace.parse(content);
  const slack = trace.rlimit_as_slack_pages;
  const machine = bootMachine(kernel);
  const owner = rootOn(machine, slack === undefined ? {} : { as: slack * PAGE });
  const layout = { mmapBase: 2 ** 46, mmapLegacyBase: 2 ** 45, startBrk: ARENA + (trace.start_brk ?? -PAGE) };
  const files = new Map(Object.entries(trace.files).map(([name, file]) => [name, fileOf(machine, name, file)]));
  let mm: Mm = newMm(machine, owner, layout);

  const play = (step: Step): Disagreement | null => {
    const target: Target = { kernel, mm, base: ARENA, files, newShmem: (pages) => memfd(machine, `s${step.i}`, pages) };
    const forked = step.op === 'fork' ? kernel['mm/fork'].dupMm(mm) : mm;
    if (typeof forked !== 'number') mm = forked;
    const [ret, err] = answer(target, step);
    mm.validate();
    const got = { ret, err, ...sums(mm), vmas: vmasOf(kernel, mm) };
    const expected = stateOf(step);
    return told(expected) === told(got)
      ? null
      : { place: `step ${step.i}`, op: calledAs(step), expected: told(expected), got: told(got) };
  };
  return playSteps(trace.steps.map((step) => () => play(step)));
}

function fileOf(machine: Machine, name: string, { type, pages, open }: z.infer<typeof FileDescription>): VmFile {
  const make = type === 'ext4' ? ext4File : memfd;
  const { sizePages, thpAligned, mapping = 0 } = make(machine, name, pages);
  return { name, sizePages, readable: true, writable: open === 'rw', thpAligned, mapping };
}

/** @returns `ret` and `err` as the recording writes them */
function answer(target: Target, step: Step): [number | string, string] {
  const { kernel, mm } = target;
  if (step.op === 'touch') return [kernel['mm/fault'].doUserAddrFault(mm, step.addr + ARENA, step.write), ''];
  if (step.op === 'brk') return [kernel['mm/mmap'].brk(mm, step.addr + ARENA) - ARENA, ''];
  if (step.op === 'fork') return [0, ''];
  const result = systemCall(target, step.op === 'mmap' ? withOffset(step) : step);
  if (result < 0) return [-1, errnoName(kernel, result)];
  return [step.op === 'mmap' || step.op === 'mremap' ? result - ARENA : result, ''];
}

/**
 * mmap has an offset for anonymous memory too. The recorder passed one, sometimes not a whole page, and wrote it down
 * for files only. When the answer was EINVAL and no other argument could be why, it was such a one.
 */
function withOffset(step: Extract<Step, { op: 'mmap' }>): Extract<Step, { op: 'mmap' }> {
  const { addr, len, flags, err } = step;
  const words = flags.split('|');
  const otherwiseValid = addr % PAGE === 0 && len > 0 && words.includes('ANON') && !words.includes('NOTYPE');
  const sharedStack = words.includes('SHARED') && words.includes('GROWSDOWN');
  return err === 'EINVAL' && otherwiseValid && !sharedStack ? { ...step, off: PAGE / 8 } : step;
}

function sums(mm: Mm): Pick<State, 'vmsize' | 'vmdata' | 'vmlck_kb'> {
  return { vmsize: mm.totalVm, vmdata: mm.usedVm.data + mm.usedVm.stack, vmlck_kb: (mm.lockedVm * PAGE) / 1024 };
}

function vmasOf(kernel: Kernel, mm: Mm): State['vmas'] {
  const { showVmFlags, showVmPerms } = kernel['fs/proc/vm_flags'];
  return [...mm.vmas].map(({ vmStart, vmEnd, vmFlags, vmPgoff, vmFile }) => {
    const inHeap = vmFile === null && vmStart < mm.brk && vmEnd > mm.layout.startBrk;
    const kind = vmFile?.name ?? (inHeap ? 'heap' : 'anon');
    const offset = vmFile === null ? 0 : vmPgoff * PAGE;
    return [vmStart - ARENA, vmEnd - ARENA, showVmPerms(vmFlags), offset, kind, showVmFlags(vmFlags)];
  });
}

function stateOf({ ret, err, vmsize, vmdata, vmlck_kb, vmas }: Step): State {
  return { ret, err, vmsize, vmdata, vmlck_kb, vmas };
}

function told({ ret, err, vmsize, vmdata, vmlck_kb, vmas }: State): string {
  const sizes = `vmsize ${vmsize} vmdata ${vmdata} vmlck_kb ${vmlck_kb}`;
  return [`ret ${ret} ${err}`.trim(), sizes, ...vmas.map((vma) => vma.join(' '))].join('\n');
}

function calledAs(step: Step): string {
  const { i: _i, ret: _ret, err: _err, vmsize: _size, vmdata: _data, vmlck_kb: _lck, vmas: _vmas, ...call } = step;
  return JSON.stringify(call);
}
