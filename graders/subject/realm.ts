/**
 * The sealed realm: QuickJS, compiled to WebAssembly, with nothing in it but ECMAScript. It has no file, network, process,
 * clock or module loader to misuse. A realm runs one submission, in a module instance of its own, and each test finds it as
 * it was when the program had been loaded: the memory of the instance is put back, byte for byte.
 * Everything enters and leaves as primitives or text; `membrane.ts` makes objects of it on the test's side.
 */
import { errors, type QuickJSContext, type QuickJSHandle, type QuickJSWASMModule } from 'quickjs-emscripten-core';
import type { Program } from '../model/program.ts';
import { AGENT, BUILTINS } from './inside.ts';
import { CROSSING, INITIAL_BYTES, type Limits, STACK_BYTES, TICK } from './limits.ts';
import { type Fault, isFault, type Passed, type StopReason, type Wire } from './wire.ts';

/** Answers a call from the subject to an object of the test. */
export type Answer = (port: number, args: readonly Passed[]) => Passed;

/** What the agent inside offers. */
const AGENT_NAMES = [
  'at',
  'construct',
  'decode',
  'describe',
  'encode',
  'get',
  'has',
  'hostError',
  'hostErrorId',
  'idOf',
  'invoke',
  'iterator',
  'keys',
  'set',
  'turn',
  'turned',
] as const;
type AgentName = (typeof AGENT_NAMES)[number];

export class Realm {
  /** Set once the realm may not be used any more. */
  stopped: StopReason | undefined;
  /** Grows when instances and functions are forgotten: what was named before is void. */
  epoch = 0;
  /** Set by the membrane. */
  answer: Answer = () => undefined;

  readonly #engine: QuickJSWASMModule;
  readonly #vm: QuickJSContext;
  readonly #agent: Record<AgentName, QuickJSHandle>;
  readonly #program: QuickJSHandle | Fault;
  readonly #tickLimit: number;
  readonly #handles = new Map<number, QuickJSHandle>();
  readonly #keys = new Map<string, QuickJSHandle>();
  /** Errors of the test's own objects in this test, by the number that the subject's copy of each is branded with. */
  readonly #hostErrors = new Map<number, unknown>();
  #hostErrorCount = 0;
  /** The instance's memory when the program had been loaded, as far as it was used. */
  readonly #pristine: Uint8Array;
  #ticks = 0;
  #turning = false;

  /** @param engine  a fresh module instance, used for this realm only: its memory is what the subject has */
  constructor(engine: QuickJSWASMModule, program: Program, limits: Pick<Limits, 'work'>) {
    this.#engine = engine;
    const runtime = engine.newRuntime({ maxStackSizeBytes: STACK_BYTES });
    this.#tickLimit = Math.ceil(limits.work / TICK);
    runtime.setInterruptHandler(() => this.#tick());
    this.#vm = runtime.newContext();
    // The wrapper of big integers is cached on first use: use it before a student can replace `BigInt`.
    this.#vm.newBigInt(0n).dispose();
    this.#agent = this.#loadAgent();
    this.#vm.unwrapResult(this.#vm.evalCode(BUILTINS, 'builtins.js', { strict: true })).dispose();
    this.#program = this.#guard(() => this.#vm.evalCode(`${program.code};subject`, 'subject.js'));
    this.#pristine = used(this.#memory());
  }

  /** Whether the program was evaluated to its end. */
  get loaded(): boolean {
    return !('fault' in this.#program);
  }

  /** Work done since the last test began, in calls and jumps, to the tick. */
  get work(): number {
    return this.#ticks * TICK;
  }

  /** The id of a module's exports, or what went wrong when the program was loaded. */
  exports(path: string): number | Fault {
    if ('fault' in this.#program) return this.#program;
    const program = this.#program;
    const module = this.#guard(() =>
      this.#vm.callFunction(this.#agent.get, this.#vm.undefined, program, this.#key(path)),
    );
    if ('fault' in module) return module;
    const id = this.#use([], () => this.#vm.callFunction(this.#agent.idOf, this.#vm.undefined, module));
    module.dispose();
    if (typeof id === 'number') return id;
    return isFault(id) ? id : this.#stop('trap');
  }

  call(target: number, self: Passed, args: readonly Passed[]): Passed | Fault {
    return this.#use([self, ...args], ([selfHandle, ...rest]) =>
      this.#vm.callFunction(this.#at(target), selfHandle ?? this.#vm.undefined, ...rest),
    );
  }

  /** Calls a method of an instance. */
  invoke(target: number, key: string, args: readonly Passed[]): Passed | Fault {
    return this.#use(args, (handles) =>
      this.#vm.callFunction(this.#agent.invoke, this.#vm.undefined, this.#at(target), this.#key(key), ...handles),
    );
  }

  construct(target: number, args: readonly Passed[]): Passed | Fault {
    return this.#use(args, (handles) =>
      this.#vm.callFunction(this.#agent.construct, this.#vm.undefined, this.#at(target), ...handles),
    );
  }

  get(target: number, key: string): Passed | Fault {
    return this.#ask('get', target, key);
  }

  has(target: number, key: string): Passed | Fault {
    return this.#ask('has', target, key);
  }

  set(target: number, key: string, value: Passed): Passed | Fault {
    return this.#use([value], ([handle]) =>
      this.#vm.callFunction(
        this.#agent.set,
        this.#vm.undefined,
        this.#at(target),
        this.#key(key),
        handle ?? this.#vm.undefined,
      ),
    );
  }

  /** The own keys of an instance, as the wire of an array of texts. */
  keys(target: number): Passed | Fault {
    return this.#wire(() => this.#vm.callFunction(this.#agent.keys, this.#vm.undefined, this.#at(target)));
  }

  iterator(target: number): Passed | Fault {
    return this.#ask('iterator', target);
  }

  /**
   * The work the subject does while `work` runs: calls and jumps, exact to one. Before and after, a known loop is turned
   * until the interpreter's counter comes round, which tells where the counter stood.
   */
  measure(work: () => void): number {
    const idle = this.#between(() => undefined);
    return this.#between(work) - idle;
  }

  /** Starts the next test: the work limit is new, and all is as no test had been. May find the realm at its end. */
  nextTest(): void {
    this.#ticks = 0;
    if (this.stopped !== undefined) return;
    // What handles point to is no more: they are forgotten, not disposed of.
    this.#memory().set(this.#pristine);
    this.#handles.clear();
    this.#keys.clear();
    this.#hostErrors.clear();
    this.#hostErrorCount = 0;
    this.epoch++;
  }

  /** All of the instance's memory. It moves when it grows. */
  #memory(): Uint8Array {
    return new Uint8Array(this.#engine.getWasmMemory().buffer);
  }

  #tick(): boolean {
    if (this.#turning) return true;
    this.#ticks++;
    if (this.#ticks <= this.#tickLimit) return false;
    this.stopped ??= 'work';
    return true;
  }

  #between(work: () => void): number {
    this.#turn();
    const before = this.#ticks;
    work();
    const ticks = this.#ticks - before;
    return (ticks + 1) * TICK - this.#turn();
  }

  #turn(): number {
    this.#turning = true;
    const result = this.#vm.callFunction(this.#agent.turn, this.#vm.undefined);
    this.#turning = false;
    result.dispose();
    return Number(this.#use([], () => this.#vm.callFunction(this.#agent.turned, this.#vm.undefined)));
  }

  #loadAgent(): Record<AgentName, QuickJSHandle> {
    const vm = this.#vm;
    const make = vm.unwrapResult(vm.evalCode(AGENT, 'agent.js', { strict: true }));
    const hostCall = vm.newFunction('hostCall', (port, ...args) => this.#answer(port, args));
    const limits = vm.unwrapResult(vm.evalCode(`(${JSON.stringify(CROSSING)})`));
    const agent = vm.unwrapResult(vm.callFunction(make, vm.undefined, hostCall, limits));
    const entries = AGENT_NAMES.map((name) => [name, vm.getProp(agent, name)] as const);
    return Object.fromEntries(entries) as Record<AgentName, QuickJSHandle>;
  }

  #answer(port: QuickJSHandle, args: readonly QuickJSHandle[]) {
    const vm = this.#vm;
    try {
      const passed = args.map((arg) => {
        const out = this.#out(arg);
        if (typeof out === 'object' && out !== null && 'fault' in out) throw new Error('an argument that cannot cross');
        return out;
      });
      return this.#in(this.answer(vm.getNumber(port), passed));
    } catch (error) {
      this.#hostErrors.set(++this.#hostErrorCount, error);
      const number = vm.newNumber(this.#hostErrorCount);
      const branded = vm.unwrapResult(vm.callFunction(this.#agent.hostError, vm.undefined, number));
      number.dispose();
      return { error: branded };
    }
  }

  #at(id: number): QuickJSHandle {
    let handle = this.#handles.get(id);
    if (handle === undefined) {
      const number = this.#vm.newNumber(id);
      handle = this.#vm.unwrapResult(this.#vm.callFunction(this.#agent.at, this.#vm.undefined, number));
      number.dispose();
      this.#handles.set(id, handle);
    }
    return handle;
  }

  #key(key: string): QuickJSHandle {
    let handle = this.#keys.get(key);
    if (handle === undefined) {
      handle = this.#vm.newString(key);
      this.#keys.set(key, handle);
    }
    return handle;
  }

  /** Asks the agent about one of the things it named. */
  #ask(name: AgentName, target: number, ...keys: string[]): Passed | Fault {
    return this.#use([], () =>
      this.#vm.callFunction(
        this.#agent[name],
        this.#vm.undefined,
        this.#at(target),
        ...keys.map((key) => this.#key(key)),
      ),
    );
  }

  /** Carries arguments in, runs `action`, carries its result out, and disposes of all handles between. */
  #use(args: readonly Passed[], action: (handles: QuickJSHandle[]) => VmResult): Passed | Fault {
    const handles: QuickJSHandle[] = [];
    const result = this.#guard(() => {
      for (const arg of args) handles.push(this.#in(arg));
      return action(handles);
    });
    if ('fault' in result) return result;
    const passed = this.#out(result);
    result.dispose();
    for (const handle of handles) handle.dispose();
    return passed;
  }

  /** Runs code of the subject. A trap of the interpreter, or of the engine below it, ends the realm and nothing else. */
  #guard(action: () => VmResult): QuickJSHandle | Fault {
    if (this.stopped !== undefined) return { fault: 'stopped', reason: this.stopped };
    let result: VmResult;
    try {
      result = action();
    } catch (error) {
      if (this.stopped !== undefined) return { fault: 'stopped', reason: this.stopped };
      if (error instanceof errors.QuickJSUnwrapError) return this.#stop('memory');
      if (error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError'))
        return this.#stop('trap');
      throw error;
    }
    return result.error === undefined ? result.value : this.#fault(result.error);
  }

  #fault(error: QuickJSHandle): Fault {
    if (this.stopped !== undefined) return { fault: 'stopped', reason: this.stopped };
    const vm = this.#vm;
    const id = vm.callFunction(this.#agent.hostErrorId, vm.undefined, error);
    const number = id.error === undefined ? vm.getNumber(id.value) : 0;
    if (this.#hostErrors.has(number)) return { fault: 'host', error: this.#hostErrors.get(number) };
    const described = vm.callFunction(this.#agent.describe, vm.undefined, error);
    if (described.error !== undefined) return this.#stop('memory');
    const [name, message, stack] = JSON.parse(vm.getString(described.value)) as [string, string, string];
    described.value.dispose();
    error.dispose();
    // With no memory left for an error, the interpreter throws null.
    const starved = name === 'thrown' && message === 'null' && this.#grown();
    if (starved || (name === 'InternalError' && message === 'out of memory')) return this.#stop('memory');
    return { fault: 'thrown', name, message, stack };
  }

  /** Whether the memory is larger than that of an interpreter that has nothing to do. */
  #grown(): boolean {
    const { byteLength }: { readonly byteLength: number } = this.#engine.getWasmMemory().buffer;
    return byteLength > INITIAL_BYTES;
  }

  #stop(reason: StopReason): Fault {
    this.stopped ??= reason;
    return { fault: 'stopped', reason: this.stopped };
  }

  #in(value: Passed): QuickJSHandle {
    const vm = this.#vm;
    switch (typeof value) {
      case 'undefined':
        return vm.undefined;
      case 'boolean':
        return value ? vm.true : vm.false;
      case 'number':
        return vm.newNumber(value);
      case 'bigint':
        return vm.newBigInt(value);
      case 'string':
        return vm.newString(value);
      default: {
        if (value === null) return vm.null;
        if ('callable' in value) throw new Error('a function is passed by its wire');
        const text = vm.newString(value.wire);
        const handle = vm.unwrapResult(vm.callFunction(this.#agent.decode, vm.undefined, text));
        text.dispose();
        return handle;
      }
    }
  }

  #out(handle: QuickJSHandle): Passed | Fault {
    const vm = this.#vm;
    switch (vm.typeof(handle)) {
      case 'undefined':
        return undefined;
      case 'boolean':
        return vm.sameValue(handle, vm.true);
      case 'number':
        return vm.getNumber(handle);
      case 'bigint':
        return vm.getBigInt(handle);
      case 'function': {
        const id = this.#guard(() => vm.callFunction(this.#agent.idOf, vm.undefined, handle));
        if ('fault' in id) return id;
        const callable = vm.getNumber(id);
        id.dispose();
        return { callable };
      }
      default:
        // A string too: as the C string that it would become, it loses a NUL or half a surrogate pair.
        return this.#wire(() => vm.callFunction(this.#agent.encode, vm.undefined, handle));
    }
  }

  /** A value as the text that the agent makes of it. */
  #wire(action: () => VmResult): Wire | null | Fault {
    const text = this.#guard(action);
    if ('fault' in text) return text;
    const wire = this.#vm.getString(text);
    text.dispose();
    return wire === 'null' ? null : { wire };
  }
}

type VmResult = ReturnType<QuickJSContext['callFunction']>;

/** A copy of the memory up to the last byte that was ever written. */
function used(memory: Uint8Array): Uint8Array {
  const words = new BigUint64Array(memory.buffer, memory.byteOffset, memory.byteLength / 8);
  return memory.slice(0, (words.findLastIndex((word) => word !== 0n) + 1) * 8);
}
