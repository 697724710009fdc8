/**
 * What passes between the subject and the test, in both directions: arguments and results as primitives or text, errors,
 * and the end of everything when a limit was met.
 *
 *     test --use--> agent --> subject             values in, a value or a fault out
 *     test <--answer-- hostCall <-- subject       values out, a value or an error in; it may nest
 */
import { type Agent, sure } from './agent.ts';
import { type Interpreter, Starved, type Value } from './interpreter.ts';
import { CROSSING, INITIAL_BYTES } from './limits.ts';
import type { Fault, Passed, StopReason, Wire } from './wire.ts';

/** Answers a use by the subject of an object of the test. An argument may be a fault: reading it ran code of the subject. */
export type Answer = (object: number, use: number, args: readonly (Passed | Fault)[]) => Passed;

/** Errors of the test's own objects that come back through the subject as they are: the last ones, for there may be millions. */
const KEPT_ERRORS = 1000;

export class Crossing {
  /** Set once nothing may cross any more. */
  stopped: StopReason | undefined;
  answer: Answer = () => undefined;
  readonly #vm: Interpreter;
  readonly #agent: Agent;
  /** Errors of the test's own objects in this test, by the number that the subject's copy of each is branded with. */
  readonly #hostErrors = new Map<number, unknown>();
  #hostErrorCount = 0;
  /** How many uses of the test's objects are going on, one inside the other. */
  #nested = 0;

  constructor(vm: Interpreter, agent: Agent) {
    this.#vm = vm;
    this.#agent = agent;
    vm.hostCall = (argc, argv) => this.#answer(argc, argv);
  }

  /** The memory was put back. */
  forget(): void {
    this.#hostErrors.clear();
    this.#hostErrorCount = 0;
  }

  /** The first reason counts. */
  stop(reason: StopReason): Fault {
    this.stopped ??= reason;
    return { fault: 'stopped', reason: this.stopped };
  }

  /** Carries arguments in, runs `action`, carries its result out, and frees all values between. */
  use(args: readonly Passed[], action: (values: Value[]) => Value): Passed | Fault {
    const values: Value[] = [];
    const result = this.guard(() => {
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
  guard(action: () => Value): Value | Fault {
    if (this.stopped !== undefined) return { fault: 'stopped', reason: this.stopped };
    try {
      const result = action();
      return result === 0 ? this.#fault(this.#vm.thrown()) : result;
    } catch (error) {
      return this.#gaveUp(error);
    }
  }

  /** What the agent says of a value that is not passed as it is. */
  said(said: Value): Passed | Fault {
    const vm = this.#vm;
    switch (vm.kind(said)) {
      case 'undefined':
        return this.#agent.bigAt(0);
      case 'number':
        return { callable: vm.toNumber(said) };
    }
    try {
      return this.#text(said);
    } catch (error) {
      return this.#gaveUp(error);
    }
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
      this.stop(error instanceof Starved ? 'memory' : 'trap');
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
    for (let i = 0; i < CROSSING.bigs; i++) if (packed & (1 << i)) args[i] = this.#agent.bigAt(i);
    for (let i = 0; i < argc - 3; i++) args[i] ??= this.#out(vm.argument(argv, i + 3));
    return args;
  }

  /** Makes the subject's call of the test's object throw. */
  #throwing(error: unknown): Value {
    const vm = this.#vm;
    this.#hostErrors.set(++this.#hostErrorCount, error);
    this.#hostErrors.delete(this.#hostErrorCount - KEPT_ERRORS);
    const number = vm.number(this.#hostErrorCount);
    const branded = sure(this.#agent.ask('hostError', number));
    vm.free(number);
    const result = sure(vm.throwing(branded));
    vm.free(branded);
    return result;
  }

  /** A trap of the interpreter, or of the engine below it, ends the realm and nothing else. */
  #gaveUp(error: unknown): Fault {
    if (this.stopped !== undefined) return { fault: 'stopped', reason: this.stopped };
    if (error instanceof Starved) return this.#noRoom();
    if (error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError'))
      return this.stop('trap');
    throw error;
  }

  /** With code of the subject waiting above it may be the stack: they will see. With none, it is the memory. */
  #noRoom(): Fault {
    if (this.#nested === 0) return this.stop('memory');
    return { fault: 'thrown', name: 'InternalError', message: 'out of stack or memory', stack: '' };
  }

  #fault(error: Value): Fault {
    if (this.stopped !== undefined) return { fault: 'stopped', reason: this.stopped };
    const vm = this.#vm;
    const id = this.#agent.ask('hostErrorId', error);
    const number = id === 0 ? 0 : vm.toNumber(id);
    if (this.#hostErrors.has(number)) return { fault: 'host', error: this.#hostErrors.get(number) };
    const described = sure(this.#agent.ask('describe', error));
    const [name, message, stack] = JSON.parse(vm.toText(described)) as [string, string, string];
    vm.free(described);
    vm.free(error);
    // With no memory left for an error, the interpreter throws null.
    const starved = name === 'thrown' && message === 'null' && vm.memory().byteLength > INITIAL_BYTES;
    if (starved || (name === 'InternalError' && message === 'out of memory')) return this.stop('memory');
    return { fault: 'thrown', name, message, stack };
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
        return value >= 0n && value < 2n ** 64n ? this.#agent.big(value) : this.#agent.decode(`["b","${value}"]`);
      case 'string':
        return vm.text(value);
      default: {
        if (value === null) return vm.null;
        if ('callable' in value) throw new Error('a function is passed by its wire');
        return 'reference' in value ? this.#agent.met(value) : this.#agent.decode(value.wire);
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
        const said = this.guard(() => this.#agent.ask('out', value));
        return typeof said === 'number' ? this.said(said) : said;
      }
    }
  }

  /** A value as the text that the agent has made of it. */
  #text(text: Value): Wire | null {
    const wire = this.#vm.toText(text);
    this.#vm.free(text);
    return wire === 'null' ? null : { wire };
  }
}
