/** Fresh instances of the interpreter. Instantiating is asynchronous, tests are not: so one is always kept ready. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';

/** Part of every Node; @types/node 20 does not declare it. */
declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => object };

const wasmFile = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
const wasmModule = new WebAssembly.Module(readFileSync(wasmFile));
const compiled = newVariant(variant, { wasmModule });

export class EngineSupply {
  #spare: QuickJSWASMModule | undefined;

  /** Makes sure that `take` finds an instance. */
  async restock(): Promise<void> {
    this.#spare ??= await newQuickJSWASMModuleFromVariant(compiled);
  }

  /** An instance nobody else has. */
  take(): QuickJSWASMModule {
    const engine = this.#spare;
    if (engine === undefined) throw new Error('no interpreter is ready: restock first');
    this.#spare = undefined;
    return engine;
  }
}
