/**
 * One QuickJS, driven by addresses: a value inside is the place of its cell in the interpreter's memory. A crossing costs
 * what the interpreter itself needs, and nothing is allocated on this side; so it is here that ownership is kept by hand:
 * what a function returns is the caller's, to be freed once, unless it says otherwise.
 */
import type { Engine, QuickJS } from './engine.ts';

declare const cell: unique symbol;
/** The address of a value's cell. */
export type Value = number & { readonly [cell]?: 'Value' };

export type Kind = 'undefined' | 'null' | 'boolean' | 'number' | 'other';

/** Bytes of a cell: 64 bits; the upper half is the tag, or part of a double. */
const CELL = 8;
// Tags of a 32-bit build: quickjs.h, JS_TAG_*. In a double the upper half is never one of these small numbers.
const TAG_INT = 0;
const TAG_BOOL = 1;
const TAG_NULL = 2;
const TAG_UNDEFINED = 3;
const TAG_EXCEPTION = 6;
const LARGEST_TAG = 64;

const JS_EVAL_FLAG_STRICT = 1 << 3;
const PAGE_BYTES = 2 ** 16;
const ZEROES = new Uint8Array(PAGE_BYTES);
/** Arguments of a call, at most. */
const MAX_ARGS = 256;

/** Parts of a memory, each with its address. */
export type Snapshot = readonly { readonly at: number; readonly bytes: Uint8Array }[];

/** The interpreter gave up in the middle of something that cannot fail by the code it runs. */
export class Starved extends Error {}

export class Interpreter {
  /** Never to be freed. */
  readonly undefined: Value;
  readonly null: Value;
  readonly true: Value;
  readonly false: Value;
  readonly #engine: Engine;
  readonly #js: QuickJS;
  readonly #ctx: number;
  /** Where the addresses of arguments are written for a call. The interpreter copies them before it runs anything. */
  readonly #argv: number;
  #words: Int32Array;

  /** @param interrupted  asked after every tick of work: true stops it */
  constructor(engine: Engine, stackBytes: number, interrupted: () => boolean) {
    const { module, quickjs, memory } = engine;
    this.#engine = engine;
    this.#js = quickjs;
    module.callbacks = {
      callFunction: (_, _ctx, _self, argc, argv) => this.hostCall(argc, argv),
      shouldInterrupt: () => (interrupted() ? 1 : 0),
    };
    this.#argv = module._malloc(MAX_ARGS * 4);
    const runtime = quickjs.QTS_NewRuntime();
    quickjs.QTS_RuntimeSetMaxStackSize(runtime, stackBytes);
    quickjs.QTS_RuntimeEnableInterruptHandler(runtime);
    this.#ctx = quickjs.QTS_NewContext(runtime, 0);
    this.undefined = quickjs.QTS_GetUndefined();
    this.null = quickjs.QTS_GetNull();
    this.true = quickjs.QTS_GetTrue();
    this.false = quickjs.QTS_GetFalse();
    this.#words = new Int32Array(memory.buffer);
  }

  /**
   * Set by whoever answers: what the function made by `newHostFunction` does. If it throws, that goes right through the
   * interpreter, which must not be used again.
   * @param argv  address of the arguments: see `argument` @returns a value it gives away; 0: undefined
   */
  hostCall: (argc: number, argv: number) => Value = () => 0;

  /** The one function of this process that code inside may call. */
  newHostFunction(): Value {
    return this.#js.QTS_NewFunction(this.#ctx, 'hostCall', 0, false, 1);
  }

  /** An argument of a host call, owned by the interpreter, valid during the call. */
  argument(argv: number, index: number): Value {
    return argv + index * CELL;
  }

  /** All of the memory, now. */
  memory(): Uint8Array {
    return new Uint8Array(this.#engine.memory.buffer);
  }

  /**
   * What the memory holds, to be put back later. It begins with static data; then comes the stack, of which nothing is in
   * use between two calls; then the heap, which begins with the first thing that was ever allocated.
   */
  snapshot(): Snapshot {
    const memory = this.memory();
    let staticEnd = 0;
    while (staticEnd < this.#argv && !isZero(memory.subarray(staticEnd, staticEnd + PAGE_BYTES)))
      staticEnd += PAGE_BYTES;
    let heapEnd = memory.length;
    while (isZero(memory.subarray(heapEnd - PAGE_BYTES, heapEnd))) heapEnd -= PAGE_BYTES;
    return [0, this.#argv].map((at, i) => ({ at, bytes: memory.slice(at, [staticEnd, heapEnd][i]) }));
  }

  restore(snapshot: Snapshot): void {
    const memory = this.memory();
    for (const { at, bytes } of snapshot) memory.set(bytes, at);
  }

  /** @returns what a script came to, or 0: it threw, see `thrown` */
  evaluate(code: string, file: string, strictness: 'strict' | 'sloppy'): Value {
    const { module } = this.#engine;
    const bytes = module.lengthBytesUTF8(code);
    const text = this.#allocate(bytes + 1);
    module.stringToUTF8(code, text, bytes + 1);
    const flags = strictness === 'strict' ? JS_EVAL_FLAG_STRICT : 0;
    const result = this.#js.QTS_Eval(this.#ctx, text, bytes, file, 0, flags);
    module._free(text);
    return this.#checked(result);
  }

  /** @returns what a function came to, or 0: it threw, see `thrown` */
  call(callee: Value, self: Value, args: readonly Value[]): Value {
    if (args.length > MAX_ARGS) throw new Error(`a call with ${args.length} arguments: there may be ${MAX_ARGS}`);
    const words = this.#view();
    for (let i = 0; i < args.length; i++) words[this.#argv / 4 + i] = args[i] ?? 0;
    return this.#checked(this.#js.QTS_Call(this.#ctx, callee, self, args.length, this.#argv));
  }

  /** What the last call or script threw. */
  thrown(): Value {
    const error = this.#error;
    this.#error = 0;
    return error;
  }

  property(object: Value, key: string): Value {
    const name = this.text(key);
    const value = this.#js.QTS_GetProp(this.#ctx, object, name);
    this.free(name);
    return value;
  }

  number(value: number): Value {
    return this.#made(this.#js.QTS_NewFloat64(this.#ctx, value));
  }

  /** A text without NUL and without half a surrogate pair. */
  text(value: string): Value {
    const { module } = this.#engine;
    const bytes = module.lengthBytesUTF8(value) + 1;
    const address = this.#allocate(bytes);
    module.stringToUTF8(value, address, bytes);
    const made = this.#made(this.#js.QTS_NewString(this.#ctx, address));
    module._free(address);
    return made;
  }

  /** Bytes that both sides can write. @returns an ArrayBuffer, and where its bytes lie in the memory */
  shared(bytes: number): [buffer: Value, address: number] {
    const address = this.#allocate(bytes);
    return [this.#made(this.#js.QTS_NewArrayBuffer(this.#ctx, address, bytes)), address];
  }

  kind(value: Value): Kind {
    const tag = this.#tag(value);
    if (tag === TAG_INT || isDouble(tag)) return 'number';
    if (tag === TAG_UNDEFINED) return 'undefined';
    if (tag === TAG_NULL) return 'null';
    if (tag === TAG_BOOL) return 'boolean';
    return 'other';
  }

  toBoolean(value: Value): boolean {
    return this.#payload(value) !== 0;
  }

  toNumber(value: Value): number {
    return this.#tag(value) === TAG_INT ? this.#payload(value) : this.#js.QTS_GetFloat64(this.#ctx, value);
  }

  toText(value: Value): string {
    const address = this.#js.QTS_GetString(this.#ctx, value);
    if (address === 0) throw new Starved();
    const text = this.#engine.module.UTF8ToString(address);
    this.#js.QTS_FreeCString(this.#ctx, address);
    return text;
  }

  /** Makes an error what the host function being called throws. @returns what that function must return; 0: no memory */
  throwing(error: Value): Value {
    return this.#js.QTS_Throw(this.#ctx, error);
  }

  /** A value of the caller's that it gives away, as the result of a host call. */
  given(value: Value): Value {
    return this.#isConstant(value) ? this.duplicate(value) : value;
  }

  /** The same value once more, with an owner of its own. */
  duplicate(value: Value): Value {
    return this.#js.QTS_DupValuePointer(this.#ctx, value);
  }

  free(value: Value): void {
    if (!this.#isConstant(value)) this.#js.QTS_FreeValuePointer(this.#ctx, value);
  }

  #isConstant(value: Value): boolean {
    return value === this.undefined || value === this.null || value === this.true || value === this.false;
  }

  #error: Value = 0;

  #checked(result: Value): Value {
    if (result === 0) throw new Starved();
    if (this.#tag(result) !== TAG_EXCEPTION) return result;
    this.#error = this.#js.QTS_ResolveException(this.#ctx, result);
    this.#js.QTS_FreeValuePointer(this.#ctx, result);
    return 0;
  }

  #made(value: Value): Value {
    if (value === 0 || this.#tag(value) === TAG_EXCEPTION) throw new Starved();
    return value;
  }

  #allocate(bytes: number): number {
    const address = this.#engine.module._malloc(bytes);
    if (address === 0) throw new Starved();
    return address;
  }

  #tag(value: Value): number {
    return this.#view()[value / 4 + 1] ?? 0;
  }

  #payload(value: Value): number {
    return this.#view()[value / 4] ?? 0;
  }

  #view(): Int32Array {
    const { buffer } = this.#engine.memory;
    if (this.#words.buffer !== buffer) this.#words = new Int32Array(buffer);
    return this.#words;
  }
}

const isZero = (page: Uint8Array): boolean => Buffer.compare(page, ZEROES) === 0;

const isDouble = (tag: number): boolean => tag > LARGEST_TAG || tag < -LARGEST_TAG;
