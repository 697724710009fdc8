/** seq(1), basename(1), dirname(1), uname(1), hostname(1), whoami(1), id(1), nproc(1), env(1), which(1), clear(1), sudo(8). */
import type { Tool } from '../../include/tool.ts';
import type { ShellTool } from '../context.ts';
import { format } from '../format.ts';
import { fail, optionsOf } from './input.ts';

/** Most numbers that seq gives. */
const MOST = 1_000_000;

export const seq: Tool = (context) => {
  const args = [...context.args];
  let separator = '\n';
  let pattern: string | null = null;
  let width = false;
  while (/^-[swf]/.test(args[0] ?? '')) {
    const flag = args.shift() ?? '';
    if (flag === '-w') width = true;
    else if (flag.startsWith('-s')) separator = flag.length > 2 ? flag.slice(2) : (args.shift() ?? '');
    else pattern = flag.length > 2 ? flag.slice(2) : (args.shift() ?? '');
  }
  const wrong = args.find((arg) => arg.trim() === '' || Number.isNaN(Number(arg)));
  if (args.length === 0 || args.length > 3 || wrong !== undefined) {
    const says = wrong === undefined ? (args.length === 0 ? 'missing operand' : `extra operand '${args[3]}'`) : null;
    fail(context, says ?? `invalid floating point argument: '${wrong}'`);
    context.err("Try 'seq --help' for more information.\n");
    return 1;
  }
  const numbers = args.map(Number);
  const first = args.length > 1 ? numbers[0] : 1;
  const step = args.length > 2 ? numbers[1] : 1;
  const last = numbers[numbers.length - 1];
  if (step === 0) return fail(context, `invalid Zero increment value: '${args[1]}'`);
  const digits = Math.max(...args.map((arg) => (arg.split('.')[1] ?? '').length));
  const count = Math.min(Math.floor((last - first) / step + 1e-9) + 1, MOST);
  const texts = Array.from({ length: Math.max(count, 0) }, (_, n) => {
    const value = first + n * step;
    return pattern === null ? value.toFixed(digits) : format(pattern, () => value, Number);
  });
  const columns = width ? Math.max(...texts.map((text) => text.length)) : 0;
  if (texts.length > 0) context.out(`${texts.map((text) => text.padStart(columns, '0')).join(separator)}\n`);
  return 0;
};

export const basename: Tool = (context) => {
  const [path, suffix = ''] = context.args;
  if (path === undefined) return fail(context, 'missing operand');
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  context.out(`${name !== suffix && name.endsWith(suffix) ? name.slice(0, name.length - suffix.length) : name}\n`);
  return 0;
};

export const dirname: Tool = (context) => {
  const [path] = context.args;
  if (path === undefined) return fail(context, 'missing operand');
  const at = path.replace(/\/+$/, '').lastIndexOf('/');
  context.out(`${at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at)}\n`);
  return 0;
};

/** What the kernel says of itself in /proc/sys/kernel. */
function kernelText({ files }: Parameters<Tool>[0], name: string): string {
  const text = files.read(`/proc/sys/kernel/${name}`);
  return typeof text === 'number' ? '' : text.trim();
}

const HOST = 'osgrade';

export const uname: Tool = (context) => {
  const parsed = optionsOf(context, 'asnrvmpio');
  if (typeof parsed === 'number') return parsed;
  const fields: Readonly<Record<string, string>> = {
    s: kernelText(context, 'ostype'),
    n: HOST,
    r: kernelText(context, 'osrelease'),
    v: kernelText(context, 'version'),
    m: 'x86_64',
    o: 'GNU/Linux',
  };
  const asked = parsed.options.map(({ name }) => name);
  const letters = asked.includes('a')
    ? [...'snrvmo']
    : asked.length === 0
      ? ['s']
      : [...'snrvmo'].filter((each) => asked.includes(each));
  context.out(`${letters.map((letter) => fields[letter]).join(' ')}\n`);
  return 0;
};

export const hostname: Tool = ({ out }) => {
  out(`${HOST}\n`);
  return 0;
};

export const whoami: Tool = ({ out }) => {
  out('root\n');
  return 0;
};

export const id: Tool = ({ args, out }) => {
  out(args.includes('-u') ? '0\n' : 'uid=0(root) gid=0(root) groups=0(root)\n');
  return 0;
};

export const nproc: ShellTool = ({ kernel, out }) => {
  out(`${kernel.rooms.sched.nrCpus}\n`);
  return 0;
};

export const env: Tool = ({ env: variables, out }) => {
  for (const [name, value] of Object.entries(variables)) out(`${name}=${value}\n`);
  return 0;
};

export const which: ShellTool = ({ args, files, out }) => {
  const lost = args.filter((name) => {
    const isThere = typeof files.stat(`/bin/${name}`) !== 'number';
    if (isThere) out(`/bin/${name}\n`);
    return !isThere;
  });
  return lost.length === 0 ? 0 : 1;
};

export const clear: Tool = ({ out }) => {
  out('\x1b[H\x1b[2J\x1b[3J');
  return 0;
};

/** Everybody is root already. */
export const sudo: Tool = (context) => {
  const command = context.args.filter((arg, i) => i > 0 || !arg.startsWith('-'));
  if (command.length > 0) return context.exec(command);
  context.err('usage: sudo command\n');
  return 1;
};
