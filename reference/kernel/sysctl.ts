/**
 * Numbers of the kernel that can be read and written while it runs. Linux: kernel/sysctl.c, /proc/sys.
 * Whoever owns a number registers how it is read and written; a write takes effect at once.
 */
import { EINVAL, ENOENT } from '../include/errno.ts';

/** One number. */
export interface SysctlEntry {
  readonly min: number;
  readonly max: number;
  readonly read: () => number;
  /** @returns 0 or a negative errno */
  readonly write: (value: number) => number;
}

export class Sysctls {
  readonly #entries = new Map<string, SysctlEntry>();

  register(name: string, entry: SysctlEntry): void {
    this.#entries.set(name, entry);
  }

  /** Names, sorted. */
  get names(): readonly string[] {
    return [...this.#entries.keys()].sort();
  }

  /** @param name  `vm.swappiness`. @returns null: there is none of this name */
  read(name: string): number | null {
    return this.#entries.get(name)?.read() ?? null;
  }

  /** @returns 0; -ENOENT: no such name; -EINVAL: not a whole number, or not between the limits; or what the owner says */
  write(name: string, value: number): number {
    const entry = this.#entries.get(name);
    if (entry === undefined) return -ENOENT;
    if (!Number.isInteger(value) || value < entry.min || value > entry.max) return -EINVAL;
    return entry.write(value);
  }
}
