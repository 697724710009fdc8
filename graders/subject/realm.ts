/**
 * The sealed realm: QuickJS, compiled to WebAssembly, with nothing in it but ECMAScript. It has no file, network, process,
 * clock or module loader to misuse. A realm runs one submission, in a module instance of its own, and each test finds it as
 * it was when the program had been loaded: the memory of the instance is put back, byte for byte.
 * Everything enters and leaves as primitives or text (crossing.ts); `membrane.ts` makes objects of it on the test's side.
 */
import type { Program } from '../model/program.ts';
import { Agent, sure } from './agent.ts';
import { type Answer, Crossing } from './crossing.ts';
import type { Engine } from './engine.ts';
import { BUILTINS } from './inside.ts';
import { Interpreter, type Snapshot, type Value } from './interpreter.ts';
import { type Limits, STACK_BYTES, TICK } from './limits.ts';
import { type Fault, isFault, type Passed, type StopReason } from './wire.ts';

export class Realm {
  /** Grows when instances and functions are forgotten: what was named before is void. */
  epoch = 0;
  readonly #vm: Interpreter;
  readonly #agent: Agent;
  readonly #crossing: Crossing;
  readonly #program: Value | Fault;
  readonly #tickLimit: number;
  /** The instance's memory when the program had been loaded. */
  readonly #pristine: Snapshot;
  #ticks = 0;
  #turning = false;

  /** @param engine  a fresh instance, used for this realm only: its memory is what the subject has */
  constructor(engine: Engine, program: Program, limits: Pick<Limits, 'work'>) {
    this.#tickLimit = Math.ceil(limits.work / TICK);
    this.#vm = new Interpreter(engine, STACK_BYTES, () => this.#tick());
    this.#agent = new Agent(this.#vm);
    this.#crossing = new Crossing(this.#vm, this.#agent);
    this.#vm.free(sure(this.#vm.evaluate(BUILTINS, 'builtins.js', 'strict')));
    this.#program = this.#crossing.guard(() => this.#vm.evaluate(`${program.code};subject`, 'subject.js', 'sloppy'));
    this.#pristine = this.#vm.snapshot();
  }

  /** Set once the realm may not be used any more. */
  get stopped(): StopReason | undefined {
    return this.#crossing.stopped;
  }

  /** What the membrane answers when the subject uses an object of the test. */
  set answer(answer: Answer) {
    this.#crossing.answer = answer;
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
    const module = this.#crossing.guard(() => this.#agent.ask('get', program, this.#agent.key(path)));
    if (typeof module !== 'number') return module;
    const id = this.#crossing.use([], () => this.#agent.ask('idOf', module));
    this.#vm.free(module);
    if (typeof id === 'number') return id;
    return isFault(id) ? id : this.#crossing.stop('trap');
  }

  call(target: number, self: Passed, args: readonly Passed[]): Passed | Fault {
    return this.#crossing.use([self, ...args], ([own, ...rest]) =>
      this.#vm.call(this.#agent.at(target), own ?? this.#vm.undefined, rest),
    );
  }

  /** Calls a method of an instance. */
  invoke(target: number, key: string, args: readonly Passed[]): Passed | Fault {
    const agent = this.#agent;
    return this.#crossing.use(args, (values) => agent.ask('invoke', agent.at(target), agent.key(key), ...values));
  }

  construct(target: number, args: readonly Passed[]): Passed | Fault {
    return this.#crossing.use(args, (values) => this.#agent.ask('construct', this.#agent.at(target), ...values));
  }

  get(target: number, key: string): Passed | Fault {
    return this.#crossing.use([], () => this.#agent.ask('get', this.#agent.at(target), this.#agent.key(key)));
  }

  has(target: number, key: string): Passed | Fault {
    return this.#crossing.use([], () => this.#agent.ask('has', this.#agent.at(target), this.#agent.key(key)));
  }

  set(target: number, key: string, value: Passed): Passed | Fault {
    const agent = this.#agent;
    return this.#crossing.use([value], (values) => agent.ask('set', agent.at(target), agent.key(key), ...values));
  }

  /** The own keys of an instance, as the wire of an array of texts. */
  keys(target: number): Passed | Fault {
    const text = this.#crossing.guard(() => this.#agent.ask('keys', this.#agent.at(target)));
    return typeof text === 'number' ? this.#crossing.said(text) : text;
  }

  iterator(target: number): Passed | Fault {
    return this.#crossing.use([], () => this.#agent.ask('iterator', this.#agent.at(target)));
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
    this.#vm.restore(this.#pristine);
    this.#agent.forget();
    this.#crossing.forget();
  }

  #tick(): boolean {
    if (this.#turning) return true;
    this.#ticks++;
    if (this.#ticks <= this.#tickLimit) return false;
    this.#crossing.stop('work');
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
    this.#agent.ask('turn');
    this.#turning = false;
    this.#vm.free(this.#vm.thrown());
    return Number(this.#crossing.use([], () => this.#agent.ask('turned')));
  }
}
