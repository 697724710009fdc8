/** Statements of a scenario about memory: areas are made, touched, changed and given back. */

import { O_CREAT, O_RDONLY, O_RDWR } from '../../include/fcntl.ts';
import * as mman from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Pause } from '../../include/tool.ts';
import { pageAlign } from '../../lib/page_align.ts';
import { strerror } from '../../lib/strerror.ts';
import { absolute } from '../path.ts';
import { type PageRange, pagesOf, type Statement, sizeOf } from './scenario_parse.ts';
import type { Area, ScenarioProgram } from './scenario_program.ts';

/** What a program computes for each page that it touches, in ns: it goes through memory at 400 MB a second. */
export const PAGE_WORK_NS = 10_000;
/** Pages between two pauses in which others run. */
const BATCH = 64;

/** null: all is well; else why not. */
export type Outcome = string | null;
export type Verb = (program: ScenarioProgram, statement: Statement) => Outcome | Generator<Pause, Outcome, void>;

const RW = mman.PROT_READ | mman.PROT_WRITE;
const RIGHTS: Readonly<Record<string, number>> = { none: 0, read: mman.PROT_READ, write: RW };

const ADVICE: Readonly<Record<string, number>> = {
  ...{ normal: mman.MADV_NORMAL, random: mman.MADV_RANDOM, sequential: mman.MADV_SEQUENTIAL, free: mman.MADV_FREE },
  ...{ willneed: mman.MADV_WILLNEED, dontneed: mman.MADV_DONTNEED, dontfork: mman.MADV_DONTFORK },
  ...{ hugepage: mman.MADV_HUGEPAGE, nohugepage: mman.MADV_NOHUGEPAGE, wipeonfork: mman.MADV_WIPEONFORK },
  ...{ cold: mman.MADV_COLD, pageout: mman.MADV_PAGEOUT, collapse: mman.MADV_COLLAPSE },
};

/** Numbers of Linux become words. */
export const outcome = (result: unknown): Outcome =>
  typeof result === 'number' && result < 0 ? strerror(result) : null;

/** An area that a statement names, or why there is none. */
function areaOf({ areas }: ScenarioProgram, name: string): Area | string {
  return areas.get(name) ?? `there is no \`${name}\``;
}

/** Pages of an area that a statement names; none: all. */
function rangesOf(area: Area, words: readonly string[]): PageRange[] | string {
  const pages = pageAlign(area.size) / PAGE_SIZE;
  const ranges: PageRange[] = [];
  for (const word of words.length === 0 ? ['all'] : words) {
    const range = pagesOf(word, pages);
    if (range === null) return `\`${word}\` are no pages of ${pages}`;
    ranges.push(range);
  }
  return ranges;
}

/** Does something to a part of an area. @param pages  left out: all of it */
export function onRange(
  program: ScenarioProgram,
  name: string,
  pages: string | undefined,
  act: (addr: number, len: number) => unknown,
): Outcome {
  const area = areaOf(program, name);
  if (typeof area === 'string') return area;
  const ranges = rangesOf(area, pages === undefined ? [] : [pages]);
  if (typeof ranges === 'string') return ranges;
  const [{ first, end }] = ranges;
  const start = Math.floor(area.addr / PAGE_SIZE) * PAGE_SIZE;
  return outcome(act(start + first * PAGE_SIZE, (end - first) * PAGE_SIZE));
}

/** A new mapping becomes a variable. */
function keep(program: ScenarioProgram, { name }: Statement, addr: number, size: number): Outcome {
  if (addr < 0) return strerror(addr);
  return program.set(name ?? '', { kind: 'mapping', addr, size });
}

function alloc(program: ScenarioProgram, statement: Statement): Outcome {
  const [text, ...options] = statement.args;
  const size = sizeOf(text);
  if (size === null) return `\`${text}\` is no size`;
  const bits: Readonly<Record<string, number>> = {
    ...{ private: 0, shared: 0, huge: 0, locked: mman.MAP_LOCKED, populate: mman.MAP_POPULATE },
    ...{ noreserve: mman.MAP_NORESERVE, hugetlb: mman.MAP_HUGETLB },
  };
  const unknown = options.find((option) => !Object.hasOwn(bits, option));
  if (unknown !== undefined) return `\`alloc\` knows no \`${unknown}\``;
  const kind = options.includes('shared') ? mman.MAP_SHARED : mman.MAP_PRIVATE;
  const flags = options.reduce((sum, option) => sum | bits[option], kind | mman.MAP_ANONYMOUS);
  const { kernel, pid } = program.context;
  const addr = kernel.syscall(pid, 'mmap', 0, size, RW, flags, -1, 0);
  const failed = keep(program, statement, addr, size);
  if (failed !== null || !options.includes('huge')) return failed;
  return outcome(kernel.syscall(pid, 'madvise', addr, pageAlign(size), mman.MADV_HUGEPAGE));
}

/** `map PATH [SIZE] [shared|private] [readonly]`: the file is made longer where it is too short, unless only read. */
function map(program: ScenarioProgram, statement: Statement): Outcome {
  const { kernel, pid, files, cwd } = program.context;
  const [path, ...options] = statement.args;
  const given = options.map(sizeOf).find((size) => size !== null);
  const words = options.filter((option) => sizeOf(option) === null);
  const unknown = words.find((word) => !['shared', 'private', 'readonly', 'populate'].includes(word));
  if (unknown !== undefined) return `\`map\` knows no \`${unknown}\``;
  const readonly = words.includes('readonly');
  const fd = kernel.syscall(pid, 'open', absolute(path, cwd), readonly ? O_RDONLY : O_RDWR | O_CREAT);
  if (fd < 0) return strerror(fd);
  const stat = files.stat(path);
  const length = typeof stat === 'number' ? 0 : stat.size;
  const size = given ?? length;
  if (size > length) kernel.syscall(pid, 'ftruncate', fd, size);
  const kind = words.includes('shared') ? mman.MAP_SHARED : mman.MAP_PRIVATE;
  const flags = kind | (words.includes('populate') ? mman.MAP_POPULATE : 0);
  const addr = kernel.syscall(pid, 'mmap', 0, size, readonly ? mman.PROT_READ : RW, flags, fd, 0);
  kernel.syscall(pid, 'close', fd);
  return keep(program, statement, addr, size);
}

function memfd(program: ScenarioProgram, statement: Statement): Outcome {
  const { kernel, pid } = program.context;
  const [text] = statement.args;
  const size = sizeOf(text);
  if (size === null) return `\`${text}\` is no size`;
  const fd = kernel.syscall(pid, 'memfd_create', statement.name ?? '');
  if (fd < 0) return strerror(fd);
  kernel.syscall(pid, 'ftruncate', fd, size);
  const addr = kernel.syscall(pid, 'mmap', 0, size, RW, mman.MAP_SHARED, fd, 0);
  kernel.syscall(pid, 'close', fd);
  return keep(program, statement, addr, size);
}

/** A byte of each page is written, or read. */
function visit(how: 'write' | 'read'): Verb {
  return function* (program, { args: [name, ...words] }) {
    const area = areaOf(program, name);
    if (typeof area === 'string') return area;
    const ranges = rangesOf(area, words);
    if (typeof ranges === 'string') return ranges;
    const { pid } = program.context;
    let done = 0;
    for (const { first, end } of ranges) {
      for (let page = first; page < end; page++) {
        const at = area.addr + page * PAGE_SIZE;
        const fine = how === 'write' ? program.memory.store(at, 1 + (page % 255)) : program.memory.load(at) !== null;
        if (!fine) return 'a signal';
        if (++done % BATCH === 0) yield { pid, ns: BATCH * PAGE_WORK_NS };
      }
    }
    if (done % BATCH > 0) yield { pid, ns: (done % BATCH) * PAGE_WORK_NS };
    return null;
  };
}

function free(program: ScenarioProgram, { args: [name, pages], line }: Statement): Outcome {
  const area = areaOf(program, name);
  if (typeof area === 'string') return area;
  if (area.kind === 'piece') return program.heap.free(area.addr, program.trace(line));
  const { kernel, pid } = program.context;
  const failed = onRange(program, name, pages, (addr, len) => kernel.syscall(pid, 'munmap', addr, len));
  if (failed === null && pages === undefined) program.forget(name);
  return failed;
}

function resize(program: ScenarioProgram, statement: Statement): Outcome {
  const [name, text] = statement.args;
  const area = areaOf(program, name);
  const size = sizeOf(text);
  if (typeof area === 'string') return area;
  if (size === null) return `\`${text}\` is no size`;
  const { kernel, pid } = program.context;
  const addr = kernel.syscall(pid, 'mremap', area.addr, area.size, size, mman.MREMAP_MAYMOVE, 0);
  return addr < 0 ? strerror(addr) : program.set(name, { ...area, addr, size });
}

function malloc(program: ScenarioProgram, { name, args: [text], line }: Statement): Outcome {
  const size = sizeOf(text);
  if (size === null) return `\`${text}\` is no size`;
  const addr = program.heap.malloc(size, program.trace(line));
  return addr === null ? strerror(-12) : program.set(name ?? '', { kind: 'piece', addr, size });
}

/** `p`, `p+8`, `p-1`: an address; or why there is none. */
function placeOf(program: ScenarioProgram, text: string): number | string {
  const [, name, sign, offset = '0'] = /^([a-z_]\w*)(?:([+-])(\d+))?$/i.exec(text) ?? [];
  if (name === undefined) return `\`${text}\` is no place`;
  const area = areaOf(program, name);
  return typeof area === 'string' ? area : area.addr + (sign === '-' ? -1 : 1) * Number(offset);
}

/** `size N` at the end of a statement. */
const bytesOf = (words: readonly string[], otherwise: number): number =>
  words[0] === 'size' ? Number(words[1]) : otherwise;

/** A number, or the address that a name holds, goes to memory. */
function put(program: ScenarioProgram, { args: [where, what, ...rest], line }: Statement): Outcome {
  const at = placeOf(program, where);
  const value = /^\d+$/.test(what) ? Number(what) : placeOf(program, what);
  if (typeof at === 'string') return at;
  if (typeof value === 'string') return value;
  const size = bytesOf(rest, /^\d+$/.test(what) ? 1 : 8);
  return program.heap.write(at, size, value, program.trace(line)) ? null : 'a signal';
}

function get(program: ScenarioProgram, { args: [where, ...rest], line }: Statement): Outcome {
  const at = placeOf(program, where);
  if (typeof at === 'string') return at;
  return program.heap.read(at, bytesOf(rest, 1), program.trace(line)) === null ? 'a signal' : null;
}

/** A system call on pages, by a word of a table. */
function byWord(words: Readonly<Record<string, number>>, call: 'madvise' | 'mprotect'): Verb {
  return (program, { args: [name, word, pages], verb }) => {
    if (!Object.hasOwn(words, word)) return `\`${verb}\` knows no \`${word}\``;
    const { kernel, pid } = program.context;
    return onRange(program, name, pages, (addr, len) => kernel.syscall(pid, call, addr, len, words[word]));
  };
}

function lock(call: 'mlock' | 'munlock'): Verb {
  return (program, { args: [name, pages] }) => {
    const { kernel, pid } = program.context;
    return onRange(program, name, pages, (addr, len) => kernel.syscall(pid, call, addr, len));
  };
}

export const MEMORY_VERBS: Readonly<Record<string, Verb>> = {
  ...{ alloc, map, memfd, free, resize, malloc, put, get },
  ...{ touch: visit('write'), read: visit('read'), lock: lock('mlock'), unlock: lock('munlock') },
  advise: byWord(ADVICE, 'madvise'),
  protect: byWord(RIGHTS, 'mprotect'),
  forget(program, { args: [name] }) {
    program.forget(name);
    return null;
  },
};
