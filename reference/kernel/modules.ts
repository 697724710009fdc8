/**
 * Code that is loaded into the kernel while it runs. Linux: kernel/module/main.c.
 * SIMPLIFIED: what there is to load comes with the kernel; in memory it takes its data alone, one page.
 */
import { EEXIST, ENOENT, ENOMEM } from '../include/errno.ts';
import { __GFP_ZERO, GFP_KERNEL } from '../include/gfp.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { PhysAddr } from '../include/types.ts';
import type { Kmalloc } from '../mm/kmalloc.ts';
import type { Kmemleak } from '../mm/kmemleak.ts';

/** A module that can be loaded. */
export interface Module {
  /** @param data  a page of its own, all zero */
  init(data: PhysAddr): void;
  exit(data: PhysAddr): void;
}

/** Who called, when a module asks for memory as it is loaded. */
const initFrames = (name: string): readonly string[] => [
  `${name}_init [${name}]`,
  'do_one_initcall',
  'do_init_module',
  'init_module_from_file',
  'idempotent_init_module',
  '__x64_sys_finit_module',
  'do_syscall_64',
  'entry_SYSCALL_64_after_hwframe',
];

export class Modules {
  readonly #kmalloc: Kmalloc;
  readonly #leaks: Kmemleak | null;
  readonly #known: ReadonlyMap<string, Module>;
  /** The data of each that is loaded. */
  readonly #loaded = new Map<string, PhysAddr>();

  /** @param known  by name, with low lines */
  constructor(kmalloc: Kmalloc, leaks: Kmemleak | null, known: ReadonlyMap<string, Module>) {
    this.#kmalloc = kmalloc;
    this.#leaks = leaks;
    this.#known = known;
  }

  /** @returns 0; -ENOENT: there is none; -EEXIST: loaded already; -ENOMEM. Linux: init_module(2) */
  load(name: string): number {
    const module = this.#known.get(name);
    if (module === undefined) return -ENOENT;
    if (this.#loaded.has(name)) return -EEXIST;
    const data = this.#kmalloc.kmalloc(PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
    if (data === null) return -ENOMEM;
    this.#leaks?.notLeak(data);
    this.#loaded.set(name, data);
    const init = (): void => module.init(data);
    if (this.#leaks === null) init();
    else this.#leaks.calledBy(initFrames(name), init);
    return 0;
  }

  /** @returns 0; -ENOENT: it is not loaded. Linux: delete_module(2) */
  unload(name: string): number {
    const data = this.#loaded.get(name);
    if (data === undefined) return -ENOENT;
    this.#known.get(name)?.exit(data);
    this.#loaded.delete(name);
    this.#kmalloc.kfree(data);
    return 0;
  }

  /** /proc/modules. Linux: m_show(). */
  show(): string {
    const lines = [...this.#loaded].reverse().map(([name]) => `${name} ${PAGE_SIZE} 0 - Live 0x0000000000000000\n`);
    return lines.join('');
  }
}
