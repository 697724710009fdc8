/** Fresh instances of QuickJS. Instantiating is asynchronous, tests are not: so one is always kept ready. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { INITIAL_BYTES } from './limits.ts';

/** Part of every Node; @types/node 20 does not declare it. Sizes are in pages of 64 KiB. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** All of an instance's memory. The buffer is another one when it has grown. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** Functions of the interpreter. Every number but a length, a flag or a double is an address in its memory. */
export interface QuickJS {
  QTS_NewRuntime(): number;
  QTS_RuntimeSetMaxStackSize(runtime: number, bytes: number): void;
  QTS_RuntimeEnableInterruptHandler(runtime: number): void;
  QTS_NewContext(runtime: number, intrinsics: number): number;
  QTS_GetUndefined(): number;
  QTS_GetNull(): number;
  QTS_GetFalse(): number;
  QTS_GetTrue(): number;
  QTS_NewFloat64(ctx: number, value: number): number;
  QTS_GetFloat64(ctx: number, value: number): number;
  QTS_NewString(ctx: number, text: number): number;
  QTS_GetString(ctx: number, value: number): number;
  QTS_FreeCString(ctx: number, text: number): void;
  /** Takes the bytes over. */
  QTS_NewArrayBuffer(ctx: number, bytes: number, length: number): number;
  QTS_GetProp(ctx: number, object: number, key: number): number;
  QTS_NewFunction(ctx: number, name: string, length: number, isConstructor: boolean, id: number): number;
  QTS_Call(ctx: number, callee: number, self: number, argc: number, argv: number): number;
  QTS_Eval(ctx: number, code: number, length: number, file: string, detectModule: number, flags: number): number;
  QTS_ResolveException(ctx: number, result: number): number;
  QTS_Throw(ctx: number, error: number): number;
  QTS_DupValuePointer(ctx: number, value: number): number;
  QTS_FreeValuePointer(ctx: number, value: number): void;
}

/** What the interpreter calls in this process. Each gets first what only its asynchronous build uses. */
export interface Callbacks {
  /** @param argv  address of `argc` values @returns address of a value, given away; 0: undefined */
  callFunction(asyncify: undefined, ctx: number, self: number, argc: number, argv: number, id: number): number;
  /** @returns 1: stop */
  shouldInterrupt(asyncify: undefined, runtime: number): 0 | 1;
}

/** What Emscripten puts around the interpreter. */
interface Module {
  callbacks: Callbacks;
  _malloc(bytes: number): number;
  _free(address: number): void;
  /** A text that ends with NUL. */
  UTF8ToString(address: number): string;
  stringToUTF8(text: string, address: number, bytes: number): void;
  lengthBytesUTF8(text: string): number;
}

/** One instance of the interpreter, that has done nothing yet. */
export interface Engine {
  readonly memory: WasmMemory;
  readonly module: Module;
  readonly quickjs: QuickJS;
}

const PAGE_BYTES = 2 ** 16;
const INITIAL_PAGES = INITIAL_BYTES / PAGE_BYTES;

const wasmFile = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
const wasmModule = new WebAssembly.Module(readFileSync(wasmFile));

export class EngineSupply {
  readonly #heapPages: number;
  #spare: Engine | undefined;

  /**
   * @param heapBytes  how far the memory of an instance may grow. The memory itself has this limit: the interpreter's own
   * would not do, for it counts allocations there, and not their sizes.
   */
  constructor(heapBytes: number) {
    this.#heapPages = Math.ceil(heapBytes / PAGE_BYTES);
  }

  /** Makes sure that `take` finds an instance. */
  async restock(): Promise<void> {
    this.#spare ??= await instantiate(INITIAL_PAGES + this.#heapPages);
  }

  /** An instance nobody else has. */
  take(): Engine {
    const engine = this.#spare;
    if (engine === undefined) throw new Error('no interpreter is ready: restock first');
    this.#spare = undefined;
    return engine;
  }
}

async function instantiate(maximum: number): Promise<Engine> {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum });
  const [load, Functions] = await Promise.all([variant.importModuleLoader(), variant.importFFI()]);
  const silent = (): void => undefined;
  const module = await (load as unknown as Load)({
    wasmMemory: memory,
    print: silent,
    printErr: silent,
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(wasmModule, imports);
      done(instance);
      return instance.exports;
    },
  });
  return { memory, module, quickjs: new (Functions as unknown as Bind)(module) };
}

/** The types of the package brand every address; here all are numbers. */
type Load = (options: {
  readonly wasmMemory: WasmMemory;
  readonly print: () => void;
  readonly printErr: () => void;
  readonly instantiateWasm: (imports: object, done: (instance: object) => void) => object;
}) => Promise<Module>;
type Bind = new (module: Module) => QuickJS;
