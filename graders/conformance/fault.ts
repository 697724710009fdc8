/**
 * Family fault: what happens when pages are touched, copied, unmapped and forked; return value, errno, counts of faults,
 * all mappings with smaps, which page is where, and which frames are the same as those of others and as before.
 */

import { PageIdentities } from './fault_identity.ts';
import { Processes } from './fault_processes.ts';
import { recordedState, shownState, told } from './fault_state.ts';
import { calledAs, type FaultStep, FaultTrace } from './fault_steps.ts';
import type { Kernel } from './kernel.ts';
import { bootMachine } from './memory.ts';
import { type Disagreement, type Outcome, playSteps } from './recording.ts';

export function replayFault(kernel: Kernel, content: unknown): Outcome {
  const trace = FaultTrace.parse(content);
  return replayProcesses(new Processes(bootMachine(kernel)), trace.vmpte_base_kb, trace.steps);
}

/** ` pool 8 8 0 0`: HugePages_Total, _Free, _Rsvd, _Surp. */
function recordedPool({ hugepages }: FaultStep): string {
  if (hugepages === undefined) return '';
  return ` pool ${['Total', 'Free', 'Rsvd', 'Surp'].map((figure) => hugepages[`HugePages_${figure}`]).join(' ')}`;
}

function shownPool({ machine }: Processes, { hugepages }: FaultStep): string {
  if (hugepages === undefined) return '';
  const { total, free, rsvd, surp } = machine.system.huge.hugetlb.report(null);
  return ` pool ${total} ${free} ${rsvd < 0 ? 2 ** 64 + rsvd : rsvd} ${surp}`;
}

/** Plays the steps of processes on a machine, for all families of the schema. */
export function replayProcesses(processes: Processes, vmpteBase: number, steps: readonly FaultStep[]): Outcome {
  const identities = new PageIdentities();
  const { kernel, system } = processes.machine;

  const play = (step: FaultStep): Disagreement | null => {
    const { ret, err, minflt, majflt } = processes.play(step);
    const mms = processes.live.map(([, mm]) => mm);
    for (const mm of mms) mm.validate();
    kernel['mm/validate_pages'].validatePages(system, mms);
    kernel['mm/validate_huge'].validateHugetlb(system);
    const answer = `ret ${ret} ${err} minflt ${minflt ?? ''} majflt ${majflt ?? ''}${shownPool(processes, step)}`;
    const wanted = `ret ${step.ret} ${step.err} minflt ${step.minflt ?? ''} majflt ${step.majflt ?? ''}${recordedPool(step)}`;
    const [recorded, shown] = [recordedState(step, vmpteBase), shownState(processes)];
    const pairs: readonly (readonly [expected: string, got: string])[] = [
      [`${wanted}\n${told(recorded, false)}`, `${answer}\n${told(shown, false)}`],
      identities.next(step.i, recorded, shown),
      [told(recorded, true), told(shown, true)],
    ];
    const differing = pairs.find(([expected, got]) => expected !== got);
    if (differing === undefined) return null;
    const [expected, got] = differing;
    return { place: `step ${step.i}`, op: `process ${step.proc} ${calledAs(step)}`, expected, got };
  };
  return playSteps(steps.map((step) => () => play(step)));
}
