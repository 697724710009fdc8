/** Family hugetlb: as family fault, on a machine with a pool of huge pages, whose figures are told after each step too. */
import { z } from 'zod';
import { replayProcesses } from './fault.ts';
import { Processes } from './fault_processes.ts';
import { FaultTrace } from './fault_steps.ts';
import type { Kernel } from './kernel.ts';
import { bootMachine } from './memory.ts';
import type { Outcome } from './recording.ts';

const HugetlbTrace = FaultTrace.extend({ nr_hugepages: z.number() });

export function replayHugetlb(kernel: Kernel, content: unknown): Outcome {
  const trace = HugetlbTrace.parse(content);
  const machine = bootMachine(kernel);
  machine.system.huge.hugetlb.reserveUnderflows = true;
  machine.system.huge.hugetlb.setMaxHugePages(trace.nr_hugepages, null);
  return replayProcesses(new Processes(machine), trace.vmpte_base_kb, trace.steps);
}
