/** Variables of a shell, and what it hands on to the programs it starts. POSIX.1-2017, 2.5. */
import type { Variables } from './arithmetic.ts';

export class ShellVariables implements Variables {
  readonly #values: Map<string, string>;
  readonly #exported: Set<string>;

  constructor(values: ReadonlyMap<string, string> = new Map(), exported: ReadonlySet<string> = new Set()) {
    this.#values = new Map(values);
    this.#exported = new Set(exported);
  }

  copy(): ShellVariables {
    return new ShellVariables(this.#values, this.#exported);
  }

  find(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  get(name: string): string {
    return this.#values.get(name) ?? '';
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  unset(name: string): void {
    this.#values.delete(name);
    this.#exported.delete(name);
  }

  export(name: string): void {
    this.#exported.add(name);
  }

  /** Exported, sorted by name. */
  get env(): Readonly<Record<string, string>> {
    const names = [...this.#exported].filter((name) => this.#values.has(name)).sort();
    return Object.fromEntries(names.map((name) => [name, this.get(name)]));
  }

  /** All of them, sorted by name. */
  get all(): readonly (readonly [name: string, value: string])[] {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
