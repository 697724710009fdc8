/**
 * Family swap: processes whose pages go to swap and come back. As family fault, and Swap, SwapPss and slots; of minor and
 * major faults the sum, for which pages are read ahead depends on who else used the disk.
 */
import { z } from 'zod';
import { PageIdentities } from './fault_identity.ts';
import { ARENA, Processes } from './fault_processes.ts';
import { recordedState, type ShownProcess, shownState, told } from './fault_state.ts';
import { calledAs, type FaultStep, FaultTrace } from './fault_steps.ts';
import type { Kernel } from './kernel.ts';
import { bootMachine, touch } from './memory.ts';
import { type Disagreement, type Outcome, playSteps } from './recording.ts';
import { SwapMachine } from './swap_machine.ts';

const SwapTrace = FaultTrace.extend({
  family: z.enum(['scripted', 'random', 'pressure']),
  swap_file_mib: z.number(),
  /** Bytes that the processes could have in memory. */
  memcg_limit: z.number(),
});
type SwapTrace = z.infer<typeof SwapTrace>;

const PAGE = 4096;
const KB = 1024;
/** Where each process has one page of its own, beside its arena: the recorder's stack. In bytes from address 0. */
const OWN = 2 ** 40;
const OWN_KB = PAGE / KB;
/** What its page tables take, in kB: PUD, PMD and PTE. */
const OWN_TABLES_KB = (3 * PAGE) / KB;

export function replaySwap(kernel: Kernel, content: unknown): Outcome {
  const trace = SwapTrace.parse(content);
  const replay = new SwapReplay(kernel, trace);
  return playSteps(trace.steps.map((step) => () => replay.play(step)));
}

class SwapReplay {
  readonly #trace: SwapTrace;
  readonly #swap: SwapMachine;
  readonly #processes: Processes;
  readonly #identities = new PageIdentities();
  /** By process: kB that its VmSwap is too large by, as recorded. */
  readonly #swapBaseline = new Map<number, number>();

  constructor(kernel: Kernel, trace: SwapTrace) {
    const machine = bootMachine(kernel);
    this.#trace = trace;
    this.#swap = new SwapMachine(machine, trace.swap_file_mib);
    this.#processes = new Processes(machine, this.#swap);
    this.#mapOwn();
    this.#act(0);
  }

  play(step: FaultStep): Disagreement | null {
    const acts = step.op !== 'settle' && step.op !== 'reclaim_all';
    if (acts) this.#act(step.proc);
    const { ret, err, minflt, majflt } = this.#processes.play(step);
    if (step.op === 'fork') this.#forked(step.proc, step.child);
    const { system, kernel } = this.#processes.machine;
    const isPressure = this.#trace.family === 'pressure';
    if (isPressure) this.#swap.limit(this.#trace.memcg_limit / PAGE);
    const mms = this.#processes.live.map(([, mm]) => mm);
    for (const mm of mms) mm.validate();
    kernel['mm/validate_pages'].validatePages(system, mms);
    this.#swap.validate(mms);
    const tellsFaults = !isPressure && step.minflt !== undefined;
    const faults = (minor: number | null = 0, major: number | null = 0): string =>
      tellsFaults ? ` faults ${(minor ?? 0) + (major ?? 0)}` : '';
    const answer = `ret ${ret} ${err}${faults(minflt, majflt)}`;
    const wanted = `ret ${step.ret} ${step.err}${faults(step.minflt, step.majflt)}`;
    const view = isPressure ? totals : (state: readonly ShownProcess[]) => state;
    const recorded = view(recordedState(step, this.#trace.vmpte_base_kb));
    const shown = view(this.#shown());
    const pairs: readonly (readonly [expected: string, got: string])[] = [
      [`${wanted}\n${told(recorded, false)}`, `${answer}\n${told(shown, false)}`],
      this.#identities.next(step.i, recorded, shown),
      [told(recorded, true), told(shown, true)],
    ];
    const differing = pairs.find(([expected, got]) => expected !== got);
    if (differing === undefined) return null;
    const [expected, got] = differing;
    return { place: `step ${step.i}`, op: `process ${step.proc} ${calledAs(step)}`, expected, got };
  }

  /** The page that each process has for itself, and writes to whenever it does something. */
  #mapOwn(): void {
    const { kernel } = this.#processes.machine;
    const { PROT_READ, PROT_WRITE, MAP_PRIVATE, MAP_ANONYMOUS, MAP_FIXED } = kernel['include/mman'];
    const rights = { prot: PROT_READ | PROT_WRITE, flags: MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED };
    const request = { addr: ARENA + OWN, len: PAGE, ...rights, file: null, offset: 0 };
    const newShmem = (): never => {
      throw new Error('private memory needs no file');
    };
    for (const [, mm] of this.#processes.live) kernel['mm/mmap'].doMmap(mm, request, newShmem);
  }

  #act(proc: number): void {
    const [, mm] = this.#processes.live.find(([each]) => each === proc) ?? [];
    if (mm !== undefined) touch(this.#processes.machine, mm, ARENA + OWN, true);
  }

  /**
   * Both go on, and no longer share their own page. What is in swap of shared memory is not the child's, but the recorder
   * took it for that: it is missing from what it subtracts from then on.
   */
  #forked(parent: number, child: number): void {
    this.#act(parent);
    this.#act(child);
    const { vmas = [], status = {} } = this.#shown().find(({ proc }) => proc === child) ?? {};
    const { VmSwap = 0 } = status;
    const inSwap = vmas.reduce((sum, { smaps: { Swap = 0 } }) => sum + Swap, 0);
    this.#swapBaseline.set(child, inSwap - VmSwap);
  }

  /** Without the processes' own pages, as the recorder subtracts them: less than nothing when they are in swap. */
  #shown(): ShownProcess[] {
    return shownState(this.#processes).map(({ proc, vmas, status }) => {
      const { RssAnon = 0, VmSwap = 0, VmPTE = 0, ...others } = status;
      const less = {
        RssAnon: RssAnon - OWN_KB,
        VmSwap: VmSwap + (this.#swapBaseline.get(proc) ?? 0),
        VmPTE: VmPTE - OWN_TABLES_KB,
      };
      const nonZero = Object.entries(less).filter(([, value]) => value !== 0);
      return {
        proc,
        vmas: vmas.filter(({ head }) => !head.startsWith(`${OWN} `)),
        status: { ...others, ...Object.fromEntries(nonZero) },
      };
    });
  }
}

/** Which pages are in memory and which in swap is chance under pressure; how many there are altogether is not. */
function totals(state: readonly ShownProcess[]): ShownProcess[] {
  return state.map(({ proc, vmas, status }) => {
    const { RssAnon = 0, VmSwap = 0, ...others } = status;
    return {
      proc,
      vmas: vmas.map(({ head, smaps: { Rss = 0, Swap = 0 } }) => ({ head, smaps: { both: Rss + Swap }, pages: [] })),
      status: { ...others, both: RssAnon + VmSwap },
    };
  });
}
