/**
 * The first address space of a program. Linux: fs/exec.c, fs/binfmt_elf.c, arch/x86/entry/vdso/vma.c.
 *
 *     text  rodata  data  bss     heap ...              ... mappings  vvar vdso     stack
 *     r-x    r--    rw-   rw-     rw-                                r--  r-x       rw-, grows down
 *
 * SIMPLIFIED: a program is a shape, its parts private mappings of its file, or of zeroes; there is no interpreter to load.
 */
import { ENOMEM } from '../include/errno.ts';
import type { ProgramDescription } from '../include/kernel.ts';
import type { VmFile } from '../include/mm_types.ts';
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_GROWSDOWN,
  MAP_PRIVATE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../include/mman.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { exitMmap } from '../mm/exit_mmap.ts';
import { type MmOwner, MmStruct } from '../mm/mm_struct.ts';
import { doMmap } from '../mm/mmap.ts';
import {
  archAlignStack,
  archPickMmapLayout,
  elfDynBase,
  type RandomBits,
  randomizeBrk,
  randomizeStackTop,
  spaceOf,
} from '../mm/mmap_base.ts';

/** Where a program begins. */
export interface StartedProgram {
  readonly mm: MmStruct;
  /** First address of its code. */
  readonly entry: UserAddr;
  /** First stack pointer. */
  readonly sp: UserAddr;
}

/** What the stack begins with: Linux: setup_arg_pages(), 128 KiB and the page that holds the arguments. */
const STACK_EXPAND = 2 ** 17;
/** Bytes of arguments and environment at its top, half for each. SIMPLIFIED: always as many. */
const ARGUMENTS = 1024;
/** Pages of vvar (with its clocks) and of vdso. */
const VVAR_PAGES = 6;
const VDSO_PAGES = 2;

const noShmem = (): never => panic('exec: a program begins without shared memory');

/** @returns the address, or a negative errno */
function map(mm: MmStruct, addr: UserAddr, len: number, prot: number, flags: number): number {
  if (len === 0) return addr;
  const request = { addr, len, prot, flags: MAP_PRIVATE | MAP_ANONYMOUS | flags, file: null, offset: 0 };
  return doMmap(mm, request, noShmem);
}

/** A part of a program, from its file. Linux: elf_load(). @param offset  where it lies there, in bytes */
function load(mm: MmStruct, addr: UserAddr, len: number, prot: number, file: VmFile | null, offset: number): number {
  if (len === 0 || file === null) return map(mm, addr, len, prot, MAP_FIXED);
  return doMmap(mm, { addr, len, prot, flags: MAP_PRIVATE | MAP_FIXED, file, offset }, noShmem);
}

/**
 * @param file  where its parts lie, one behind the other; null: they are zeroes
 * @param random  for stack and mappings; null: nothing by chance
 * @param randomHeap  for the heap
 * @returns where it begins; or -ENOMEM: nothing is left of it
 */
export function execProgram(
  owner: MmOwner,
  program: ProgramDescription,
  file: VmFile | null,
  random: RandomBits | null,
  randomHeap: RandomBits | null,
): StartedProgram | number {
  const space = spaceOf(owner.system.paging);
  const layout = archPickMmapLayout(owner, random, space);
  const entry = elfDynBase(random, space);
  const stackTop = randomizeStackTop(random, space);
  const { text, rodata, data, bss } = program;
  const end = entry + text + rodata + data + bss;
  const mm = MmStruct.create(owner, { ...layout, startBrk: randomizeBrk(end, randomHeap, space) });
  if (mm === null) return -ENOMEM;
  const mapped = [
    load(mm, entry, text, PROT_READ | PROT_EXEC, file, 0),
    load(mm, entry + text, rodata, PROT_READ, file, text),
    ...loadData(mm, entry + text + rodata, program, file),
    map(
      mm,
      stackTop - STACK_EXPAND - PAGE_SIZE,
      STACK_EXPAND + PAGE_SIZE,
      PROT_READ | PROT_WRITE,
      MAP_FIXED | MAP_GROWSDOWN,
    ),
  ];
  const vvar = mapVdso(mm);
  const error = [...mapped, vvar].find((result) => result < 0);
  if (error !== undefined) {
    exitMmap(mm);
    return error;
  }
  const sp = archAlignStack(stackTop - ARGUMENTS, random);
  const dataStart = entry + text + rodata;
  const argStart = stackTop - ARGUMENTS;
  const args = program.args ?? [program.comm];
  const argBytes = Math.min(args.join('\0').length + 1, ARGUMENTS / 2);
  mm.image = {
    ...{ startCode: entry, endCode: entry + text, startData: dataStart, endData: dataStart + data },
    ...{ startStack: sp, args, argStart, argEnd: argStart + argBytes, envEnd: stackTop - 8 },
    ...{ vvar, vdso: vvar + VVAR_PAGES * PAGE_SIZE },
  };
  return { mm, entry, sp };
}

/** Variables: those that the program comes with, then those that begin as zero. */
function loadData(mm: MmStruct, addr: UserAddr, program: ProgramDescription, file: VmFile | null): number[] {
  const { text, rodata, data, bss } = program;
  const prot = PROT_READ | PROT_WRITE;
  if (file === null) return [map(mm, addr, data + bss, prot, MAP_FIXED)];
  return [load(mm, addr, data, prot, file, text + rodata), map(mm, addr + data, bss, prot, MAP_FIXED)];
}

/** vvar below vdso, wherever there is room. @returns where vvar begins. SIMPLIFIED: ordinary mappings */
function mapVdso(mm: MmStruct): number {
  const pages = VVAR_PAGES + VDSO_PAGES;
  const addr = map(mm, 0, pages * PAGE_SIZE, PROT_READ, 0);
  if (addr < 0) return addr;
  const vdso = map(mm, addr + VVAR_PAGES * PAGE_SIZE, VDSO_PAGES * PAGE_SIZE, PROT_READ | PROT_EXEC, MAP_FIXED);
  return vdso < 0 ? vdso : addr;
}
