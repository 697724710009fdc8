/**
 * The sealed realm: QuickJS, compiled to WebAssembly, with nothing in it but ECMAScript. It has no file, network, process,
 * clock or module loader to misuse. A realm runs one submission, in a module instance of its own, and each test finds it as
 * it was when the program had been loaded: the memory of the instance is put back, byte for byte.
 * Everything enters and leaves as primitives or text; `membrane.ts` makes objects of it on the test's side.
 */
import type { Program } from '../model/program.ts';
import type { Engine } from './engine.ts';
import { AGENT, BUILTINS } from './inside.ts';
import { Interpreter, type Snapshot, Starved, type Value } from './interpreter.ts';
import { CROSSING, INITIAL_BYTES, type Limits, STACK_BYTES, TICK } from './limits.ts';
import { type Fault, isFault, type Passed, type Reference, type StopReason, UNSAFE_TEXT, type Wire } from './wire.ts';

/** Answers a use by the subject of an object of the test. An argument may be a fault: reading it ran code of the subject. */
export type Answer = (object: number, use: number, args: readonly (Passed | Fault)[]) => Passed;

/** What the agent inside offers. */
const AGENT_NAMES = [
  'at',
  'big',
  'construct',
  'decode',
  'describe',
  'get',
  'has',
  'hostError',
  'hostErrorId',
  'idOf',
  'invoke',
  'iterator',
  'keys',
  'out',
  'set',
  'turn',
  'turned',
] as const;
type AgentName = (typeof AGENT_NAMES)[number];

/** Errors of the test's own objects that come back through the subject as they are: the last ones, for there may be millions. */
const KEPT_ERRORS = 1000;

export class Realm {
  /** Set once the realm may not be used any more. */
  stopped: StopReason | undefined;
  /** Grows when instances and functions are forgotten: what was named before is void. */
  epoch = 0;
  /** Set by the membrane. */
  answer: Answer = () => undefined;

  readonly #vm: Interpreter;
  readonly #agent: Record<AgentName, Value>;
  readonly #program: Value | Fault;
  readonly #tickLimit: number;
  /** What has crossed in this test and keeps its identity: things of the subject by id, objects of the test by id below zero. */
  readonly #values = new Map<number, Value>();
  readonly #keys = new Map<string, Value>();
  /** Errors of the test's own objects in this test, by the number that the subject's copy of each is branded with. */
  readonly #hostErrors = new Map<number, unknown>();
  #hostErrorCount = 0;
  /** How many uses of the test's objects are going on, one inside the other. */
  #nested = 0;
  /** Where big integers of 64 bits are left for the other side, instead of being spelled out. */
  readonly #bigsAt: number;
  #bigs: BigUint64Array;
  /** The instance's memory when the program had been loaded. */
  readonly #pristine: Snapshot;
  #ticks = 0;
  #turning = false;

  /** @param engine  a fresh instance, used for this realm only: its memory is what the subject has */
  constructor(engine: Engine, program: Program, limits: Pick<Limits, 'work'>) {
    this.#tickLimit = Math.ceil(limits.work / TICK);
    this.#vm = new Interpreter(engine, STACK_BYTES, () => this.#tick());
    this.#vm.hostCall = (argc, argv) => this.#answer(argc, argv);
    const [bigs, bigsAt] = this.#vm.shared(CROSSING.bigs * BigUint64Array.BYTES_PER_ELEMENT);
    this.#agent = this.#loadAgent(bigs);
    this.#bigsAt = bigsAt;
    this.#bigs = new BigUint64Array(this.#vm.memory().buffer, bigsAt, CROSSING.bigs);
    this.#vm.free(sure(this.#vm.evaluate(BUILTINS, 'builtins.js', 'strict')));
    this.#program = this.#guard(() => this.#vm.evaluate(`${program.code};subject`, 'subject.js', 'sloppy'));
    this.#pristine = this.#vm.snapshot();
  }

  /** Whether the program was evaluated to its end. */
  get loaded(): boolean {
    return typeof this.#program === 'number';
  }

  /** Work done since the last test began, in calls and jumps, to the tick. */
  get work(): number {
    return this.#ticks * TICK;
  }

  /** The id of a module's exports, or what went wrong when the program was loaded. */
  exports(path: string): number | Fault {
    const program = this.#program;
    if (typeof program !== 'number') return program;
    const module = this.#guard(() => this.#ask('get', program, this.#key(path)));
    if (typeof module !== 'number') return module;
    const id = this.#use([], () => this.#ask('idOf', module));
    this.#vm.free(module);
    if (typeof id === 'number') return id;
    return isFault(id) ? id : this.#stop('trap');
  }

  call(target: number, self: Passed, args: readonly Passed[]): Passed | Fault {
    return this.#use([self, ...args], ([own, ...rest]) =>
      this.#vm.call(this.#at(target), own ?? this.#vm.undefined, rest),
    );
  }

  /** Calls a method of an instance. */
  invoke(target: number, key: string, args: readonly Passed[]): Passed | Fault {
    return this.#use(args, (values) => this.#ask('invoke', this.#at(target), this.#key(key), ...values));
  }

  construct(target: number, args: readonly Passed[]): Passed | Fault {
    return this.#use(args, (values) => this.#ask('construct', this.#at(target), ...values));
  }

  get(target: number, key: string): Passed | Fault {
    return this.#use([], () => this.#ask('get', this.#at(target), this.#key(key)));
  }

  has(target: number, key: string): Passed | Fault {
    return this.#use([], () => this.#ask('has', this.#at(target), this.#key(key)));
  }

  set(target: number, key: string, value: Passed): Passed | Fault {
    return this.#use([value], (values) => this.#ask('set', this.#at(target), this.#key(key), ...values));
  }

  /** The own keys of an instance, as the wire of an array of texts. */
  keys(target: number): Passed | Fault {
    const text = this.#guard(() => this.#ask('keys', this.#at(target)));
    return typeof text === 'number' ? this.#said(text) : text;
  }

  iterator(target: number): Passed | Fault {
    return this.#use([], () => this.#ask('iterator', this.#at(target)));
  }

  /**
   * The work the subject does while `work` runs: calls and jumps, exact to one. Before and after, a known loop is turned
   * until the interpreter's counter comes round, which tells where the counter stood.
   */
  measure(work: () => void): number {
    const idle = this.#between(() => undefined);
    return this.#between(work) - idle;
  }

  /** What a test was given is void from now on. */
  forget(): void {
    this.epoch++;
  }

  /** Starts the next test: the work limit is new, and all is as no test had been. May find the realm at its end. */
  nextTest(): void {
    this.forget();
    this.#ticks = 0;
    if (this.stopped !== undefined) return;
    // The values are no more: they are forgotten, not freed.
    this.#vm.restore(this.#pristine);
    this.#values.clear();
    this.#keys.clear();
    this.#hostErrors.clear();
    this.#hostErrorCount = 0;
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
    if (this.stopped !== undefined) return 0;
    this.#turning = true;
    this.#ask('turn');
    this.#turning = false;
    this.#vm.free(this.#vm.thrown());
    return Number(this.#use([], () => this.#ask('turned')));
  }

  #loadAgent(bigs: Value): Record<AgentName, Value> {
    const vm = this.#vm;
    const make = sure(vm.evaluate(AGENT, 'agent.js', 'strict'));
    const limits = sure(vm.evaluate(`(${JSON.stringify(CROSSING)})`, 'limits.js', 'strict'));
    const agent = sure(vm.call(make, vm.undefined, [vm.newHostFunction(), bigs, limits]));
    const entries = AGENT_NAMES.map((name) => [name, vm.property(agent, name)] as const);
    return Object.fromEntries(entries) as Record<AgentName, Value>;
  }

  /**
   * The subject uses an object of the test.
   * @param argv  the object, the use, which of the arguments are in `bigs`, as bits; the arguments
   * @throws what there was, once the realm is stopped: it passes through the interpreter, which never goes on
   */
  #answer(argc: number, argv: number): Value {
    const vm = this.#vm;
    this.#nested++;
    try {
      const object = vm.toNumber(vm.argument(argv, 0));
      const use = vm.toNumber(vm.argument(argv, 1));
      const args = this.#arguments(argc, argv);
      let answered: Passed;
      try {
        answered = this.answer(object, use, args);
      } catch (error) {
        if (this.stopped !== undefined) throw error;
        return this.#throwing(error);
      }
      // The test may have thought nothing of it.
      if (this.stopped !== undefined) throw new Error(`the subject was stopped: ${this.stopped}`);
      return vm.given(this.#in(answered));
    } catch (error) {
      // When stack or memory run out on the way, the interpreter has an error of its own: the subject's to catch.
      const own = error instanceof Starved && this.stopped === undefined ? vm.thrown() : 0;
      const result = own === 0 ? 0 : vm.throwing(own);
      if (result !== 0) return result;
      this.#stop(error instanceof Starved ? 'memory' : 'trap');
      throw error;
    } finally {
      this.#nested--;
    }
  }

  #arguments(argc: number, argv: number): (Passed | Fault)[] {
    const vm = this.#vm;
    const packed = vm.toNumber(vm.argument(argv, 2));
    const args: (Passed | Fault)[] = [];
    // First what is in `bigs`: to read the others may run code of the subject, which may call again.
    for (let i = 0; i < CROSSING.bigs; i++) if (packed & (1 << i)) args[i] = this.#bigAt(i);
    for (let i = 0; i < argc - 3; i++) args[i] ??= this.#out(vm.argument(argv, i + 3));
    return args;
  }

  /** Makes the subject's call of the test's object throw. */
  #throwing(error: unknown): Value {
    const vm = this.#vm;
    this.#hostErrors.set(++this.#hostErrorCount, error);
    this.#hostErrors.delete(this.#hostErrorCount - KEPT_ERRORS);
    const number = vm.number(this.#hostErrorCount);
    const branded = sure(this.#ask('hostError', number));
    vm.free(number);
    const result = sure(vm.throwing(branded));
    vm.free(branded);
    return result;
  }

  /** Asks the agent for something. @returns a value, or 0: it threw */
  #ask(name: AgentName, ...args: Value[]): Value {
    return this.#vm.call(this.#agent[name], this.#vm.undefined, args);
  }

  /** One of the things the agent named. */
  #at(id: number): Value {
    let value = this.#values.get(id);
    if (value === undefined) {
      const number = this.#vm.number(id);
      value = sure(this.#ask('at', number));
      this.#vm.free(number);
      this.#values.set(id, value);
    }
    return value;
  }

  /** Something with an identity, for the caller to free. */
  #met({ reference, wire }: Reference): Value {
    let value = this.#values.get(reference);
    if (value === undefined) {
      value = this.#decode(wire);
      this.#values.set(reference, value);
    }
    return this.#vm.duplicate(value);
  }

  #key(key: string): Value {
    let value = this.#keys.get(key);
    if (value === undefined) {
      value = UNSAFE_TEXT.test(key) ? this.#decode(JSON.stringify(key)) : this.#vm.text(key);
      this.#keys.set(key, value);
    }
    return value;
  }

  /** Carries arguments in, runs `action`, carries its result out, and frees all values between. */
  #use(args: readonly Passed[], action: (values: Value[]) => Value): Passed | Fault {
    const values: Value[] = [];
    const result = this.#guard(() => {
      for (const arg of args) values.push(this.#in(arg));
      return action(values);
    });
    if (typeof result !== 'number') return result;
    const passed = this.#out(result);
    this.#vm.free(result);
    for (const value of values) this.#vm.free(value);
    return passed;
  }

  /** Runs code of the subject. */
  #guard(action: () => Value): Value | Fault {
    if (this.stopped !== undefined) return { fault: 'stopped', reason: this.stopped };
    try {
      const result = action();
      return result === 0 ? this.#fault(this.#vm.thrown()) : result;
    } catch (error) {
      return this.#gaveUp(error);
    }
  }

  /** A trap of the interpreter, or of the engine below it, ends the realm and nothing else. */
  #gaveUp(error: unknown): Fault {
    if (this.stopped !== undefined) return { fault: 'stopped', reason: this.stopped };
    if (error instanceof Starved) return this.#noRoom();
    if (error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError'))
      return this.#stop('trap');
    throw error;
  }

  /** With code of the subject waiting above it may be the stack: they will see. With none, it is the memory. */
  #noRoom(): Fault {
    if (this.#nested === 0) return this.#stop('memory');
    return { fault: 'thrown', name: 'InternalError', message: 'out of stack or memory', stack: '' };
  }

  #fault(error: Value): Fault {
    if (this.stopped !== undefined) return { fault: 'stopped', reason: this.stopped };
    const vm = this.#vm;
    const id = this.#ask('hostErrorId', error);
    const number = id === 0 ? 0 : vm.toNumber(id);
    if (this.#hostErrors.has(number)) return { fault: 'host', error: this.#hostErrors.get(number) };
    const described = sure(this.#ask('describe', error));
    const [name, message, stack] = JSON.parse(vm.toText(described)) as [string, string, string];
    vm.free(described);
    vm.free(error);
    // With no memory left for an error, the interpreter throws null.
    const starved = name === 'thrown' && message === 'null' && vm.memory().byteLength > INITIAL_BYTES;
    if (starved || (name === 'InternalError' && message === 'out of memory')) return this.#stop('memory');
    return { fault: 'thrown', name, message, stack };
  }

  #stop(reason: StopReason): Fault {
    this.stopped ??= reason;
    return { fault: 'stopped', reason: this.stopped };
  }

  #in(value: Passed): Value {
    const vm = this.#vm;
    switch (typeof value) {
      case 'undefined':
        return vm.undefined;
      case 'boolean':
        return value ? vm.true : vm.false;
      case 'number':
        return vm.number(value);
      case 'bigint':
        return value >= 0n && value < 2n ** 64n ? this.#big(value) : this.#decode(`["b","${value}"]`);
      case 'string':
        return vm.text(value);
      default: {
        if (value === null) return vm.null;
        if ('callable' in value) throw new Error('a function is passed by its wire');
        return 'reference' in value ? this.#met(value) : this.#decode(value.wire);
      }
    }
  }

  #out(value: Value): Passed | Fault {
    const vm = this.#vm;
    switch (vm.kind(value)) {
      case 'undefined':
        return undefined;
      case 'null':
        return null;
      case 'boolean':
        return vm.toBoolean(value);
      case 'number':
        return vm.toNumber(value);
      case 'other': {
        const said = this.#guard(() => this.#ask('out', value));
        return typeof said === 'number' ? this.#said(said) : said;
      }
    }
  }

  /** What the agent says of a value that is not passed as it is. */
  #said(said: Value): Passed | Fault {
    const vm = this.#vm;
    switch (vm.kind(said)) {
      case 'undefined':
        return this.#bigAt(0);
      case 'number':
        return { callable: vm.toNumber(said) };
    }
    try {
      return this.#text(said);
    } catch (error) {
      return this.#gaveUp(error);
    }
  }

  #decode(wire: string): Value {
    const text = this.#vm.text(wire);
    const value = sure(this.#ask('decode', text));
    this.#vm.free(text);
    return value;
  }

  /** @param value  0 ≤ value < 2^64 */
  #big(value: bigint): Value {
    this.#bigView()[0] = value;
    return sure(this.#ask('big'));
  }

  /** A big integer that the agent has left. */
  #bigAt(index: number): bigint {
    return this.#bigView()[index] ?? 0n;
  }

  #bigView(): BigUint64Array {
    const { buffer } = this.#vm.memory();
    if (this.#bigs.buffer !== buffer) this.#bigs = new BigUint64Array(buffer, this.#bigsAt, CROSSING.bigs);
    return this.#bigs;
  }

  /** A value as the text that the agent has made of it. */
  #text(text: Value): Wire | null {
    const wire = this.#vm.toText(text);
    this.#vm.free(text);
    return wire === 'null' ? null : { wire };
  }
}

/** The value of a call that only fails when memory or stack have run out. */
function sure(value: Value): Value {
  if (value === 0) throw new Starved();
  return value;
}
