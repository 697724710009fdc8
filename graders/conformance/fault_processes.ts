/** Processes as the recorder had them: each step is done by one of them, on the memory of the reference kernel. */
import type { FaultStep } from './fault_steps.ts';
import { newMm, rootOn } from './machine.ts';
import { ext4File, type Machine, memfd, touch } from './memory.ts';
import { errnoName, type Mm, systemCall, type Target, type VmFile } from './system_calls.ts';

const GIB = 2 ** 30;
/** Address 0 of the recording. */
export const ARENA = 16384 * GIB;
const PAGE = 4096;
/** Pages of each of the two open files. */
const FILE_PAGES = 64;

/** What came of a step. */
export interface Answer {
  readonly ret: number | string;
  readonly err: string;
  /** null: not told. */
  readonly minflt: number | null;
  readonly majflt: number | null;
}

const TOUCH_LETTERS = { ok: '.', SEGV_MAPERR: 'M', SEGV_ACCERR: 'A', BUS_ADRERR: 'B', OOM: 'O' } as const;

/** What the recorder did to the machine itself. */
export interface Recorder {
  /** Lets time pass. */
  settle(ms: number): void;
  /** Takes out of memory what can go. */
  reclaimAll(): void;
}

export class Processes {
  readonly machine: Machine;
  readonly #recorder: Recorder | null;
  readonly #files: ReadonlyMap<string, VmFile>;
  readonly #live = new Map<number, Mm>();

  /** @param recorder  null: it did nothing */
  constructor(machine: Machine, recorder: Recorder | null = null) {
    this.machine = machine;
    this.#recorder = recorder;
    this.#files = new Map([
      ['f0', memfd(machine, 'f0', FILE_PAGES)],
      ['f1', ext4File(machine, 'f1', FILE_PAGES)],
    ]);
    const layout = { mmapBase: 2 ** 46, mmapLegacyBase: 2 ** 45, startBrk: ARENA - PAGE };
    this.#live.set(0, newMm(machine, rootOn(machine, {}), layout));
  }

  /** Ascending by process. */
  get live(): readonly (readonly [proc: number, mm: Mm])[] {
    return [...this.#live].sort(([a], [b]) => a - b);
  }

  play(step: FaultStep): Answer {
    const mm = this.#process(step.proc);
    if (step.op === 'fork') return { ...this.#fork(mm, step.child), minflt: null, majflt: null };
    if (step.op === 'exit') {
      this.machine.kernel['mm/exit_mmap'].exitMmap(mm);
      this.#live.delete(step.proc);
      return { ret: 0, err: '', minflt: null, majflt: null };
    }
    const { minFlt, majFlt } = mm.pages;
    const [ret, err] = this.#answer(mm, step);
    return { ret, err, minflt: mm.pages.minFlt - minFlt, majflt: mm.pages.majFlt - majFlt };
  }

  #process(proc: number): Mm {
    const mm = this.#live.get(proc);
    if (mm === undefined) throw new Error(`the recording uses process ${proc}, which does not live`);
    return mm;
  }

  #fork(mm: Mm, child: number): { ret: number; err: string } {
    const copy = this.machine.kernel['mm/fork'].dupMm(mm);
    if (typeof copy === 'number') return { ret: -1, err: errnoName(this.machine.kernel, copy) };
    this.#live.set(child, copy);
    return { ret: child, err: '' };
  }

  #answer(mm: Mm, step: Exclude<FaultStep, { op: 'fork' | 'exit' }>): [ret: number | string, err: string] {
    switch (step.op) {
      case 'touch':
        return [
          step.addrs.map((addr) => TOUCH_LETTERS[touch(this.machine, mm, addr + ARENA, step.write)]).join(''),
          '',
        ];
      case 'settle':
        this.#recorder?.settle(step.ms);
        return [0, ''];
      case 'reclaim_all':
        this.#recorder?.reclaimAll();
        return [0, ''];
      default: {
        const result = this.#call(mm, step);
        if (result < 0) return [-1, errnoName(this.machine.kernel, result)];
        return [step.op === 'mmap' || step.op === 'mremap' ? result - ARENA : result, ''];
      }
    }
  }

  #call(mm: Mm, step: Exclude<FaultStep, { op: 'fork' | 'exit' | 'touch' | 'settle' | 'reclaim_all' }>): number {
    const { kernel, system } = this.machine;
    if (step.op === 'fsync') return system.files.fsyncRange(this.#file(step.fd), 0, Infinity);
    if (step.op === 'msync')
      return kernel['mm/msync'].doMsync(mm, step.addr + ARENA, step.len, kernel['include/mman'].MS_SYNC);
    const newShmem = (pages: number): VmFile => memfd(this.machine, `s${step.i}`, pages);
    const target: Target = { kernel, mm, base: ARENA, files: this.#files, newShmem };
    return systemCall(target, step);
  }

  #file(name: string): VmFile {
    const file = this.#files.get(name);
    if (file === undefined) throw new Error(`the recording uses the file ${name}, which is not open`);
    return file;
  }
}
