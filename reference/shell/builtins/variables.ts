/** Commands about variables and options. bash(1). */
import type { Running } from '../../include/tool.ts';
import { evaluate } from '../arithmetic.ts';
import type { Builtin, BuiltinCall } from '../runner.ts';

const NAME = /^[A-Za-z_]\w*$/;

/** `name` or `name=value`. @returns the name; null: it is neither, which was said */
function declare({ state, fail }: BuiltinCall, text: string): string | null {
  const [, name, value] = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(text) ?? [];
  if (name === undefined) {
    fail(`\`${text}': not a valid identifier`);
    return null;
  }
  if (value !== undefined) state.variables.set(name, value);
  return name;
}

export const exporting: Builtin = (call) => {
  const { state, args, out } = call;
  const names = args.filter((arg) => arg !== '-p');
  if (names.length === 0) {
    for (const [name, value] of Object.entries(state.variables.env)) out(`declare -x ${name}="${value}"\n`);
    return 0;
  }
  const declared = names.map((text) => declare(call, text));
  for (const name of declared) if (name !== null) state.variables.export(name);
  return declared.includes(null) ? 1 : 0;
};

export const local: Builtin = (call) => {
  const { state, args, fail } = call;
  if (state.locals === null) return fail('can only be used in a function');
  for (const text of args) {
    const [name] = text.split('=');
    if (NAME.test(name) && !state.locals.has(name)) state.locals.set(name, state.variables.find(name));
    if (!text.includes('=')) state.variables.unset(name);
    if (declare(call, text) === null) return 1;
  }
  return 0;
};

export const declaring: Builtin = (call) => {
  const names = call.args.filter((arg) => !/^-/.test(arg)).map((text) => declare(call, text));
  return names.includes(null) ? 1 : 0;
};

export const unset: Builtin = ({ state, args }) => {
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    state.variables.unset(name);
    state.functions.delete(name);
  }
  return 0;
};

export const shift: Builtin = ({ state, args, fail }) => {
  const count = Number(args[0] ?? 1);
  if (!Number.isInteger(count) || count < 0) return fail(`${args[0]}: numeric argument required`);
  if (count > state.positional.length) return 1;
  state.positional = state.positional.slice(count);
  return 0;
};

export const set: Builtin = ({ state, args, out, streams }) => {
  if (args.length === 0) for (const [name, value] of state.variables.all) out(`${name}=${value}\n`);
  const rest = [...args];
  while (/^[-+]\w/.test(rest[0] ?? '')) {
    const flags = rest.shift() ?? '';
    if (/^[-+]o$/.test(flags)) {
      rest.shift();
      continue;
    }
    for (const letter of flags.slice(1)) {
      const option = letter === 'e' ? 'errexit' : letter === 'x' ? 'xtrace' : null;
      if (option === null && !'uhBmfavn'.includes(letter)) {
        streams.err.write(`bash: set: -${letter}: invalid option\n`);
        return 2;
      }
      if (option !== null && flags.startsWith('-')) state.options.add(option);
      else if (option !== null) state.options.delete(option);
    }
  }
  if (rest[0] === '--') rest.shift();
  else if (rest.length === 0) return 0;
  state.positional = rest;
  return 0;
};

/** `read NAME ...`: a line of what the command reads; blanks divide it, the last name gets the rest. */
export const read: Builtin = ({ state, args, streams }) => {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const line = streams.input.line();
  const words = (line ?? '').trim().split(/[ \t]+/);
  const targets = names.length === 0 ? ['REPLY'] : names;
  for (const [i, name] of targets.entries()) {
    const isLast = i === targets.length - 1;
    state.variables.set(name, isLast ? words.slice(i).join(' ') : (words[i] ?? ''));
  }
  return line === null ? 1 : 0;
};

export const letting: Builtin = ({ state, args, fail }): number | Running => {
  let last = 0n;
  for (const text of args) {
    const value = evaluate(text, state.variables);
    if (typeof value !== 'bigint') return fail(value.says);
    last = value;
  }
  return last === 0n ? 1 : 0;
};
