/** `type`, `command`, `history`, `help`. bash(1). */
import type { Builtin } from '../runner.ts';

export const history: Builtin = ({ state, out }) => {
  for (const [i, line] of state.system.history.entries()) out(`${String(i + 1).padStart(5)}  ${line}\n`);
  return 0;
};

/** `type NAME`, `command -v NAME`. @param builtins  their names */
export function kindOf(builtins: () => ReadonlySet<string>): Builtin {
  return ({ state, name, args, out, streams }) => {
    const short = name === 'command';
    const isProgram = (each: string): boolean => state.system.tools.has(each) || each === 'bash' || each === 'sh';
    let status = 0;
    for (const each of args.filter((arg) => !arg.startsWith('-'))) {
      if (state.functions.has(each)) out(short ? `${each}\n` : `${each} is a function\n`);
      else if (builtins().has(each)) out(short ? `${each}\n` : `${each} is a shell builtin\n`);
      else if (isProgram(each)) out(short ? `/bin/${each}\n` : `${each} is /bin/${each}\n`);
      else {
        status = 1;
        if (!short) streams.err.write(`bash: type: ${each}: not found\n`);
      }
    }
    return status;
  };
}

/** @param builtins  their names */
export function help(builtins: () => ReadonlySet<string>): Builtin {
  return ({ state, out }) => {
    out(`The shell itself:\n${columns([...builtins()])}Programs:\n${columns([...state.system.tools.keys(), 'bash'])}`);
    return 0;
  };
}

const WIDTH = 76;

function columns(names: string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const name of names.sort()) {
    if (line.length + name.length + 1 > WIDTH) {
      lines.push(`  ${line.trimEnd()}\n`);
      line = '';
    }
    line += `${name} `;
  }
  return [...lines, `  ${line.trimEnd()}\n`].join('');
}
