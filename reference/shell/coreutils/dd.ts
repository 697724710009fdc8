/** dd(1): copies blocks; fills the page cache. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { bytesOf, textOf } from '../../lib/latin1.ts';
import { strerror } from '../../lib/strerror.ts';
import type { ShellContext, ShellTool } from '../context.ts';
import { general } from '../format.ts';
import { fail } from './input.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  ...{ c: 1, w: 2, b: 512, K: 2 ** 10, k: 2 ** 10, M: 2 ** 20, G: 2 ** 30, kB: 1e3, MB: 1e6, GB: 1e9 },
  ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
};

/** @returns null: it is no number */
function sizeOf(text: string): number | null {
  const [, digits, unit = ''] = /^(\d+)(\w*)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}

const KNOWN = ['if', 'of', 'bs', 'ibs', 'obs', 'count', 'skip', 'seek', 'conv', 'status', 'iflag', 'oflag'];

/** What is asked for: sizes in bytes, count, skip and seek in blocks. */
interface Wanted {
  /** null: what is piped in. */
  readonly source: string | null;
  /** null: what it writes to. */
  readonly target: string | null;
  readonly bs: number;
  readonly count: number;
  readonly skip: number;
  readonly seek: number;
  /** `notrunc`, `fsync`. */
  readonly conv: string;
  readonly status: string;
}

/** @returns the exit status, if something is wrong: it has been said */
function wantedOf(context: ShellContext): Wanted | number {
  const given = new Map<string, string>();
  for (const arg of context.args) {
    const [name, ...value] = arg.split('=');
    if (value.length === 0 || !KNOWN.includes(name)) {
      fail(context, `unrecognized operand '${arg}'`);
      context.err("Try 'dd --help' for more information.\n");
      return 1;
    }
    given.set(name, value.join('='));
  }
  const numbers = [...given].filter(([name]) => /^(bs|count|skip|seek)$/.test(name));
  const wrong = numbers.find(([name, text]) => sizeOf(text) === null || (name === 'bs' && sizeOf(text) === 0));
  if (wrong !== undefined) return fail(context, `invalid number: '${wrong[1]}'`);
  const size = (name: string, otherwise: number): number => sizeOf(given.get(name) ?? '') ?? otherwise;
  return {
    ...{ source: given.get('if') ?? null, target: given.get('of') ?? null },
    ...{ bs: size('bs', 512), count: size('count', Infinity), skip: size('skip', 0), seek: size('seek', 0) },
    ...{ conv: given.get('conv') ?? '', status: given.get('status') ?? '' },
  };
}

/** What was copied: whole blocks and parts of blocks; and what went wrong. */
interface Copied {
  readonly whole: number;
  readonly parts: number;
  readonly bytes: number;
  readonly says: string | null;
}

export const dd: ShellTool = function* (context) {
  const wanted = wantedOf(context);
  if (typeof wanted === 'number') return wanted;
  const { source, target, conv, status } = wanted;
  const { files, now, kernel, pid } = context;
  const started = now();
  const opened = target === null ? 0 : files.create(target, conv.includes('notrunc') ? 'append' : 'truncate');
  if (opened !== 0) return fail(context, `failed to open '${target}': ${strerror(opened)}`);
  const stat = source === null ? 0 : files.stat(source);
  if (typeof stat === 'number' && stat < 0) return fail(context, `failed to open '${source}': ${strerror(stat)}`);
  const copied = yield* copy(context, wanted);
  if (/fsync|fdatasync/.test(conv)) kernel.syscall(pid, 'sync');
  if (copied.says !== null) fail(context, copied.says);
  if (status !== 'none') context.err(report(copied, now() - started, status));
  return copied.says === null ? 0 : 1;
};

function* copy(context: ShellContext, wanted: Wanted): Generator<number, Copied, void> {
  const { files, out } = context;
  const { source, target, bs, count, skip, seek } = wanted;
  const piped = source === null ? bytesOf(context.stdin) : null;
  let bytes = 0;
  let whole = 0;
  let parts = 0;
  for (let n = 0; n < count; n++) {
    const at = (skip + n) * bs;
    const block: Uint8Array | number = piped?.subarray(at, at + bs) ?? files.readAt(source ?? '', at, bs);
    if (typeof block === 'number')
      return { whole, parts, bytes, says: `error reading '${source}': ${strerror(block)}` };
    if (block.length === 0) break;
    if (target === null) out(textOf(block));
    const error = target === null ? 0 : files.writeAt(target, seek * bs + bytes, block);
    if (error !== 0) return { whole, parts, bytes, says: `error writing '${target}': ${strerror(error)}` };
    bytes += block.length;
    if (block.length === bs) whole++;
    else parts++;
    yield 0;
  }
  return { whole, parts, bytes, says: null };
}

function report({ whole, parts, bytes }: Copied, ns: number, status: string): string {
  const records = `${whole}+${parts} records in\n${whole}+${parts} records out\n`;
  if (status === 'noxfer') return records;
  const seconds = Math.max(ns, 1) / NSEC_PER_SEC;
  const human = [scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB']), scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB'])];
  const sizes = bytes < 1000 ? '' : bytes < 1024 ? ` (${human[0]})` : ` (${human.join(', ')})`;
  const rate = scaled(bytes / seconds, 1000, ['B', 'kB', 'MB', 'GB', 'TB']);
  return `${records}${bytes} bytes${sizes} copied, ${general(seconds, 6)} s, ${rate}/s\n`;
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  while (rest >= base && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  return `${rest < 10 && unit > 0 ? rest.toFixed(1) : Math.round(rest)} ${units[unit]}`;
}
