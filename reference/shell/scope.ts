/** What words refer to in a shell: its variables, and `$?`, `$$`, `$!`, `$#`, `$*`, `$1` ... POSIX.1-2017, 2.5.2. */
import type { List } from './ast.ts';
import type { Expanding, Scope } from './expand.ts';
import type { MachineFiles } from './files.ts';
import type { ShellState } from './state.ts';

export class ShellScope implements Scope {
  readonly substitute: (list: List) => Expanding<string>;
  /** What is wrong; null: nothing. */
  says: string | null = null;
  readonly #state: ShellState;

  constructor(state: ShellState, substitute: (list: List) => Expanding<string>) {
    this.#state = state;
    this.substitute = substitute;
  }

  get files(): MachineFiles {
    return this.#state.files;
  }

  get positional(): readonly string[] {
    return this.#state.positional;
  }

  find(name: string): string | null {
    const { positional, status, shellPid, lastBackground, options, variables } = this.#state;
    switch (name) {
      case '?':
        return String(status);
      case '$':
        return String(shellPid);
      case '!':
        return lastBackground === null ? null : String(lastBackground);
      case '#':
        return String(positional.length);
      case '@':
      case '*':
        return positional.join(' ');
      case '-':
        return [...options].map((option) => option.replace('errexit', 'e').replace('xtrace', 'x')).join('');
      case '0':
        return this.#state.name;
      case 'SECONDS':
        return String(Math.floor(this.#state.system.kernel.rooms.clock.now / 1e9));
      default:
        return /^\d+$/.test(name) ? (positional[Number(name) - 1] ?? null) : variables.find(name);
    }
  }

  get(name: string): string {
    return this.find(name) ?? '';
  }

  set(name: string, value: string): void {
    this.#state.variables.set(name, value);
  }

  complain(says: string): void {
    this.says ??= says;
  }
}
