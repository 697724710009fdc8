/** A program of a scenario as it runs: its variables, its memory, its children. */
import { PAGE_SIZE } from '../../include/param.ts';
import type { ProgramMemory } from '../../include/program_memory.ts';
import type { ToolContext } from '../../include/tool.ts';
import type { Pid, UserAddr } from '../../include/types.ts';
import type { Kernel } from '../../init/kernel.ts';
import { programMemory } from '../../init/program_memory.ts';
import { type FreeError, Malloc } from '../valgrind/malloc.ts';
import type { Trace } from '../valgrind/memcheck.ts';

/** What malloc(3) gives, with or without somebody who watches. Memcheck is one. */
export interface Heap {
  malloc(size: number, trace: Trace): UserAddr | null;
  free(addr: UserAddr, trace: Trace): FreeError | null;
  read(addr: UserAddr, size: number, trace: Trace): number | null;
  write(addr: UserAddr, size: number, value: number, trace: Trace): boolean;
}

/** Nobody watches. */
export class PlainHeap implements Heap {
  readonly #memory: ProgramMemory;
  readonly #malloc: Malloc;

  constructor(memory: ProgramMemory) {
    this.#memory = memory;
    this.#malloc = new Malloc(memory);
  }

  malloc(size: number): UserAddr | null {
    return this.#malloc.malloc(size);
  }

  free(addr: UserAddr): FreeError | null {
    return this.#malloc.free(addr);
  }

  read(addr: UserAddr, size: number): number | null {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) {
      const byte = this.#memory.load(addr + i);
      if (byte === null) return null;
      value = value * 256 + byte;
    }
    return value;
  }

  write(addr: UserAddr, size: number, value: number): boolean {
    for (let i = 0, left = value; i < size; i++, left = Math.floor(left / 256)) {
      if (!this.#memory.store(addr + i, left % 256)) return false;
    }
    return true;
  }
}

/** What a variable holds. */
export interface Area {
  readonly kind: 'mapping' | 'piece';
  readonly addr: UserAddr;
  /** Bytes. */
  readonly size: number;
}

const POINTER = 8;
const MOST_VARIABLES = PAGE_SIZE / POINTER;

/** Variables live in the memory of the program, where whoever looks for leaks finds them. */
export class ScenarioProgram {
  readonly context: ToolContext<Kernel>;
  /** What traces call the file. */
  readonly file: string;
  readonly memory: ProgramMemory;
  readonly heap: Heap;
  /** The page of variables. */
  readonly variables: UserAddr;
  readonly areas: Map<string, Area>;
  readonly #slots: Map<string, number>;
  readonly children: Pid[] = [];

  private constructor(
    context: ToolContext<Kernel>,
    file: string,
    heap: Heap | null,
    from: ScenarioProgram | null,
    at: UserAddr,
  ) {
    this.context = context;
    this.file = file;
    this.memory = programMemory(context.kernel, context.pid);
    this.heap = heap ?? new PlainHeap(this.memory);
    this.variables = at;
    this.areas = new Map(from?.areas);
    this.#slots = new Map(from === null ? [] : from.#slots);
  }

  /** @param heap  null: an ordinary one. @returns null: there is no memory for its variables */
  static start(context: ToolContext<Kernel>, file: string, heap: Heap | null): ScenarioProgram | null {
    const at = programMemory(context.kernel, context.pid).mmap(PAGE_SIZE);
    return at < 0 ? null : new ScenarioProgram(context, file, heap, null, at);
  }

  /** The same in a child: its memory is a copy. SIMPLIFIED: the child asks for pieces anew, it cannot give back old ones. */
  child(context: ToolContext<Kernel>): ScenarioProgram {
    return new ScenarioProgram(context, this.file, null, this, this.variables);
  }

  get isAlive(): boolean {
    const process = this.context.kernel.rooms.pids.find(this.context.pid);
    return process !== null && process.mm !== null;
  }

  /** @returns null: all is well; else why not */
  set(name: string, area: Area): string | null {
    const slot = this.#slots.get(name) ?? this.#slots.size;
    if (slot >= MOST_VARIABLES) return 'too many names';
    this.#slots.set(name, slot);
    this.areas.set(name, area);
    return this.#store(slot, area.addr);
  }

  /** Its variable is 0 from then on. */
  forget(name: string): void {
    const slot = this.#slots.get(name);
    if (slot !== undefined) this.#store(slot, 0);
    this.areas.delete(name);
  }

  trace(line: number): Trace {
    return [`main (${this.file}:${line})`];
  }

  #store(slot: number, value: number): string | null {
    for (let i = 0, left = value; i < POINTER; i++, left = Math.floor(left / 256)) {
      if (!this.memory.store(this.variables + slot * POINTER + i, left % 256)) return 'a signal';
    }
    return null;
  }
}
