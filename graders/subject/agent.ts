/**
 * The agent inside the realm (inside/agent.js), as it is asked from this side: for values by their text, for things by
 * their names. What has crossed keeps its identity while a test lasts. No code of the subject fails here: when something
 * cannot be made, stack or memory have run out, and `Starved` is thrown.
 */
import { AGENT, WRITER } from './inside.ts';
import { type Interpreter, Starved, type Value } from './interpreter.ts';
import { CROSSING } from './limits.ts';
import { type Reference, UNSAFE_TEXT } from './wire.ts';

/** What the agent offers. */
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

export class Agent {
  readonly #vm: Interpreter;
  readonly #offers: Record<AgentName, Value>;
  /** What has crossed in this test: things of the subject by id, objects of the test by id below zero. */
  readonly #values = new Map<number, Value>();
  readonly #keys = new Map<string, Value>();
  /** Where big integers of 64 bits are left for the other side, instead of being spelled out. */
  readonly #bigsAt: number;
  #bigs: BigUint64Array;

  /** Loads it. No code of a subject may have run before. */
  constructor(vm: Interpreter) {
    this.#vm = vm;
    const [bigs, bigsAt] = vm.shared(CROSSING.bigs * BigUint64Array.BYTES_PER_ELEMENT);
    this.#offers = this.#load(bigs);
    this.#bigsAt = bigsAt;
    this.#bigs = new BigUint64Array(vm.memory().buffer, bigsAt, CROSSING.bigs);
  }

  #load(bigs: Value): Record<AgentName, Value> {
    const vm = this.#vm;
    const make = sure(vm.evaluate(AGENT, 'agent.js', 'strict'));
    const writer = sure(vm.evaluate(WRITER, 'writer.js', 'strict'));
    const limits = sure(vm.evaluate(`(${JSON.stringify(CROSSING)})`, 'limits.js', 'strict'));
    const agent = sure(vm.call(make, vm.undefined, [vm.newHostFunction(), bigs, limits, writer]));
    const entries = AGENT_NAMES.map((name) => [name, vm.property(agent, name)] as const);
    return Object.fromEntries(entries) as Record<AgentName, Value>;
  }

  /** @returns a value, or 0: it threw */
  ask(name: AgentName, ...args: Value[]): Value {
    return this.#vm.call(this.#offers[name], this.#vm.undefined, args);
  }

  /** One of the things the agent named. It stays the agent's. */
  at(id: number): Value {
    let value = this.#values.get(id);
    if (value === undefined) {
      const number = this.#vm.number(id);
      value = sure(this.ask('at', number));
      this.#vm.free(number);
      this.#values.set(id, value);
    }
    return value;
  }

  /** Something with an identity, for the caller to free. */
  met({ reference, wire }: Reference): Value {
    let value = this.#values.get(reference);
    if (value === undefined) {
      value = this.decode(wire);
      this.#values.set(reference, value);
    }
    return this.#vm.duplicate(value);
  }

  /** A name of a property. It stays the agent's. */
  key(key: string): Value {
    let value = this.#keys.get(key);
    if (value === undefined) {
      value = UNSAFE_TEXT.test(key) ? this.decode(JSON.stringify(key)) : this.#vm.text(key);
      this.#keys.set(key, value);
    }
    return value;
  }

  /** A value by its text, for the caller to free. */
  decode(wire: string): Value {
    const text = this.#vm.text(wire);
    const value = sure(this.ask('decode', text));
    this.#vm.free(text);
    return value;
  }

  /** @param value  0 ≤ value < 2^64 */
  big(value: bigint): Value {
    this.#bigView()[0] = value;
    return sure(this.ask('big'));
  }

  /** A big integer that the agent has left. */
  bigAt(index: number): bigint {
    return this.#bigView()[index] ?? 0n;
  }

  /** The memory was put back: what has crossed is no more. It is forgotten, not freed. */
  forget(): void {
    this.#values.clear();
    this.#keys.clear();
  }

  #bigView(): BigUint64Array {
    const { buffer } = this.#vm.memory();
    if (this.#bigs.buffer !== buffer) this.#bigs = new BigUint64Array(buffer, this.#bigsAt, CROSSING.bigs);
    return this.#bigs;
  }
}

/** The value of a call that only fails when memory or stack have run out. */
export function sure(value: Value): Value {
  if (value === 0) throw new Starved();
  return value;
}
