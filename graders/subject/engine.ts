/** Fresh instances of the interpreter. Instantiating is asynchronous, tests are not: so one is always kept ready. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';
import { INITIAL_BYTES } from './limits.ts';

/** Part of every Node; @types/node 20 does not declare it. Sizes are in pages of 64 KiB. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
  }) => NonNullable<Parameters<typeof newVariant>[1]['wasmMemory']>;
};

const PAGE_BYTES = 2 ** 16;
const INITIAL_PAGES = INITIAL_BYTES / PAGE_BYTES;

const wasmFile = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
const wasmModule = new WebAssembly.Module(readFileSync(wasmFile));

export class EngineSupply {
  readonly #heapPages: number;
  #spare: QuickJSWASMModule | undefined;

  /**
   * @param heapBytes  how far the memory of an instance may grow. The memory itself has this limit: the interpreter's own
   * would not do, for it counts allocations there, and not their sizes.
   */
  constructor(heapBytes: number) {
    this.#heapPages = Math.ceil(heapBytes / PAGE_BYTES);
  }

  /** Makes sure that `take` finds an instance. */
  async restock(): Promise<void> {
    if (this.#spare !== undefined) return;
    const wasmMemory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: INITIAL_PAGES + this.#heapPages });
    this.#spare = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule, wasmMemory }));
  }

  /** An instance nobody else has. */
  take(): QuickJSWASMModule {
    const engine = this.#spare;
    if (engine === undefined) throw new Error('no interpreter is ready: restock first');
    this.#spare = undefined;
    return engine;
  }
}
