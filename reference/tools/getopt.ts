/**
 * Options as the GNU tools take them: `-xk`, `-s 2`, `-s2`, `--seconds=2`, `--sec 2`, and operands anywhere between.
 * Linux user-land: getopt_long(3) of glibc, and the words of its errors.
 */

/** Long options by name: whether one takes a value, and the letter or name it stands for. */
export type LongOptions = Readonly<Record<string, LongOption>>;
export interface LongOption {
  readonly value: 'none' | 'required' | 'optional';
  readonly is: string;
}

export interface Option {
  /** The letter, or what the long one stands for; `?`: wrong, and `value` says why. */
  readonly name: string;
  /** What was given with it; '': nothing. */
  readonly value: string;
}

export interface ParsedArgs {
  /** In the order of the command line. */
  readonly options: readonly Option[];
  readonly operands: readonly string[];
}

/** Several long options that take nothing: `{ bytes: 'b' }`. */
export function flags(names: Readonly<Record<string, string>>): LongOptions {
  return withValue('none', names);
}

/** Several long options of one kind. */
export function withValue(value: LongOption['value'], names: Readonly<Record<string, string>>): LongOptions {
  return Object.fromEntries(Object.entries(names).map(([name, is]) => [name, { value, is }]));
}

/**
 * @param short  letters: `s:` takes a value, `s::` may take one right behind it; `+` in front: operands end the options
 */
export function getopt(args: readonly string[], short: string, long: LongOptions = {}): ParsedArgs {
  const options: Option[] = [];
  const operands: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      operands.push(...rest.splice(0));
    } else if (arg.startsWith('--')) {
      options.push(longOption(arg.slice(2), rest, long));
    } else if (arg.startsWith('-') && arg !== '-') {
      options.push(...shortOptions(arg.slice(1), rest, short));
    } else {
      operands.push(arg);
      if (short.startsWith('+')) operands.push(...rest.splice(0));
    }
  }
  return { options, operands };
}

const wrong = (why: string): Option => ({ name: '?', value: why });

function shortOptions(cluster: string, rest: string[], short: string): Option[] {
  const options: Option[] = [];
  for (let i = 0; i < cluster.length; i++) {
    const letter = cluster[i];
    const at = letter === ':' || letter === '+' ? -1 : short.indexOf(letter);
    if (at < 0) {
      options.push(wrong(`invalid option -- '${letter}'`));
      continue;
    }
    if (short[at + 1] !== ':') {
      options.push({ name: letter, value: '' });
      continue;
    }
    const isOptional = short[at + 2] === ':';
    const behind = cluster.slice(i + 1);
    const value = behind !== '' || isOptional ? behind : rest.shift();
    options.push(value === undefined ? wrong(`option requires an argument -- '${letter}'`) : { name: letter, value });
    break;
  }
  return options;
}

function longOption(text: string, rest: string[], long: LongOptions): Option {
  const equals = text.indexOf('=');
  const given = equals < 0 ? text : text.slice(0, equals);
  const names = Object.hasOwn(long, given) ? [given] : Object.keys(long).filter((name) => name.startsWith(given));
  const meanings = new Set(names.map((name) => `${long[name].is} ${long[name].value}`));
  if (names.length === 0) return wrong(`unrecognized option '--${text}'`);
  if (meanings.size > 1) {
    const possibilities = names.map((name) => ` '--${name}'`).join('');
    return wrong(`option '--${text}' is ambiguous; possibilities:${possibilities}`);
  }
  const [name] = names;
  const { value, is } = long[name];
  if (equals >= 0) {
    if (value === 'none') return wrong(`option '--${name}' doesn't allow an argument`);
    return { name: is, value: text.slice(equals + 1) };
  }
  const next = value === 'required' ? rest.shift() : '';
  return next === undefined ? wrong(`option '--${name}' requires an argument`) : { name: is, value: next };
}
