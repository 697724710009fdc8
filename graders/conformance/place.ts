/** Family place: where mappings go in a whole address space; return value, errno and all mappings after each call. */
import { z } from 'zod';
import type { Kernel } from './kernel.ts';
import { newMm, rootOn } from './machine.ts';
import { bootMachine, memfd } from './memory.ts';
import { type Disagreement, type Outcome, playSteps } from './recording.ts';
import { errnoName, type Mm, SystemCall, systemCall, type Target, type VmFile } from './system_calls.ts';

/** Pages of each of the two open files: 32 MiB. */
const FILE_PAGES = 8192;
/** What the recording appends to the kind of a stack. */
const GROWS_DOWN = '+gd';

const Vma = z.tuple([z.number(), z.number(), z.string(), z.string()]);
type Vma = z.infer<typeof Vma>;
const Step = z.intersection(
  SystemCall,
  z.object({ i: z.number(), ret: z.number(), err: z.string(), vmas: z.array(Vma) }),
);
type Step = z.infer<typeof Step>;
const Trace = z.object({
  initial_vmas: z.array(Vma),
  rlimit_stack: z.union([z.number(), z.literal('unlimited')]),
  steps: z.array(Step),
});
/** What is compared after a step. */
type State = Pick<Step, 'ret' | 'err' | 'vmas'>;

export function replayPlace(kernel: Kernel, content: unknown): Outcome {
  const trace = Trace.parse(content);
  const machine = bootMachine(kernel);
  const owner = rootOn(machine, { stack: trace.rlimit_stack === 'unlimited' ? Infinity : trace.rlimit_stack });
  const mm = newMm(machine, owner, kernel['mm/mmap_base'].archPickMmapLayout(owner, null));
  for (const vma of trace.initial_vmas) link(kernel, mm, vma);
  const newShmem = (pages: number): VmFile => memfd(machine, 'shanon', pages);
  const files = new Map([
    ['f0', file('f0', FILE_PAGES, false)],
    ['f1', file('f1', FILE_PAGES, true)],
  ]);
  const target: Target = { kernel, mm, base: 0, files, newShmem };

  const play = (step: Step): Disagreement | null => {
    const result = systemCall(target, step);
    mm.validate();
    const [ret, err] = result < 0 ? [-1, errnoName(kernel, result)] : [result, ''];
    const [expected, got] = [told(step), told({ ret, err, vmas: vmasOf(kernel, mm) })];
    if (expected === got) return null;
    const { i, ret: _ret, err: _err, vmas: _vmas, ...call } = step;
    return { place: `step ${i}`, op: JSON.stringify(call), expected, got };
  };
  return playSteps(trace.steps.map((step) => () => play(step)));
}

function file(name: string, sizePages: number, thpAligned: boolean): VmFile {
  return { name, sizePages, readable: true, writable: true, thpAligned };
}

/** What the process had before the first step; whatever has a name stands for a file of that name. */
function link(kernel: Kernel, mm: Mm, [vmStart, vmEnd, perms, kind]: Vma): void {
  const m = kernel['include/mm_types'];
  const name = kind.endsWith(GROWS_DOWN) ? kind.slice(0, -GROWS_DOWN.length) : kind;
  const flags = [
    perms.includes('r') ? m.VM_READ : 0,
    perms.includes('w') ? m.VM_WRITE : 0,
    perms.includes('x') ? m.VM_EXEC : 0,
    perms.includes('s') ? m.VM_SHARED | m.VM_MAYSHARE : 0,
    name === kind ? 0 : m.VM_GROWSDOWN,
    m.VM_MAYREAD | m.VM_MAYWRITE | m.VM_MAYEXEC,
  ];
  const vmFlags = flags.reduce((joined, flag) => joined | flag, 0);
  const vmFile = name === 'anon' ? null : file(name, (vmEnd - vmStart) / 4096, false);
  const vma = new kernel['mm/vma'].VmArea(mm.pages, { vmStart, vmEnd, vmFlags, vmPgoff: vmStart / 4096, vmFile });
  mm.link(vma);
  mm.vmStatAccount(vmFlags, (vmEnd - vmStart) / 4096);
}

function vmasOf(kernel: Kernel, mm: Mm): State['vmas'] {
  const { VM_GROWSDOWN } = kernel['include/mm_types'];
  const { showVmPerms } = kernel['fs/proc/vm_flags'];
  return [...mm.vmas].map(({ vmStart, vmEnd, vmFlags, vmFile }) => {
    const kind = `${vmFile?.name ?? 'anon'}${vmFlags & VM_GROWSDOWN ? GROWS_DOWN : ''}`;
    return [vmStart, vmEnd, showVmPerms(vmFlags), kind];
  });
}

function told({ ret, err, vmas }: State): string {
  return [`ret ${ret} ${err}`.trim(), ...vmas.map((vma) => vma.join(' '))].join('\n');
}
