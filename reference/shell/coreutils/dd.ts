/** dd(1): copies blocks; fills the page cache. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { strerror } from '../../lib/strerror.ts';
import type { ShellTool } from '../context.ts';
import { bytesOf, textOf } from '../files.ts';
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

export const dd: ShellTool = function* (context) {
  const { files, args, out, now, kernel, pid } = context;
  const given = new Map<string, string>();
  for (const arg of args) {
    const [name, ...value] = arg.split('=');
    if (value.length === 0 || !KNOWN.includes(name)) {
      fail(context, `unrecognized operand '${arg}'`);
      context.err("Try 'dd --help' for more information.\n");
      return 1;
    }
    given.set(name, value.join('='));
  }
  const size = (name: string, otherwise: number): number | null => sizeOf(given.get(name) ?? String(otherwise));
  const [bs, count, skip, seek] = [size('bs', 512), size('count', 2 ** 50), size('skip', 0), size('seek', 0)];
  const wrong = [...given].find(([name, text]) => /^(bs|count|skip|seek)$/.test(name) && sizeOf(text) === null);
  if (wrong !== undefined || bs === null || count === null || skip === null || seek === null) {
    return fail(context, `invalid number: '${wrong?.[1] ?? ''}'`);
  }
  if (bs === 0) return fail(context, `invalid number: '0'`);
  const source = given.get('if') ?? null;
  const target = given.get('of') ?? null;
  const keeps = given.get('conv')?.includes('notrunc') === true;
  const started = now();
  const opened = target === null ? 0 : files.create(target, keeps ? 'append' : 'truncate');
  if (opened !== 0) return fail(context, `failed to open '${target}': ${strerror(opened)}`);
  if (source !== null) {
    const stat = files.stat(source);
    if (typeof stat === 'number') return fail(context, `failed to open '${source}': ${strerror(stat)}`);
  }
  const piped = source === null ? bytesOf(context.stdin) : null;
  let bytes = 0;
  let whole = 0;
  let parts = 0;
  let error = 0;
  let where = '';
  for (let n = 0; n < count && error === 0; n++) {
    const at: number = (skip + n) * bs;
    const block: Uint8Array | number = piped?.subarray(at, at + bs) ?? files.readAt(source ?? '', at, bs);
    if (typeof block === 'number') {
      error = block;
      where = `error reading '${source}'`;
    } else {
      if (block.length === 0) break;
      if (target === null) out(textOf(block));
      else error = files.writeAt(target, seek * bs + bytes, block);
      where = `error writing '${target}'`;
      if (error !== 0) break;
      bytes += block.length;
      if (block.length === bs) whole++;
      else parts++;
    }
    yield 0;
  }
  if (/fsync|fdatasync/.test(given.get('conv') ?? '')) kernel.syscall(pid, 'sync');
  if (error !== 0) fail(context, `${where}: ${strerror(error)}`);
  if (given.get('status') !== 'none') context.err(report(whole, parts, bytes, now() - started, given.get('status')));
  return error === 0 ? 0 : 1;
};

function report(whole: number, parts: number, bytes: number, ns: number, status: string | undefined): string {
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
