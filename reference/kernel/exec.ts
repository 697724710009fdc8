/**
 * The first address space of a program. Linux: fs/exec.c, fs/binfmt_elf.c, arch/x86/entry/vdso/vma.c.
 *
 *     text  rodata  data  bss     heap ...              ... mappings  vvar vdso     stack
 *     r-x    r--    rw-   rw-     rw-                                r--  r-x       rw-, grows down
 *
 * SIMPLIFIED: a program is a shape, its parts private mappings of zeroes; there is no interpreter to load.
 */
import { ENOMEM } from '../include/errno.ts';
import type { ProgramDescription } from '../include/kernel.ts';
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
/** Bytes of arguments and environment at its top. SIMPLIFIED: always as many. */
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

/**
 * @param random  for stack and mappings; null: nothing by chance
 * @param randomHeap  for the heap
 * @returns where it begins; or -ENOMEM: nothing is left of it
 */
export function execProgram(
  owner: MmOwner,
  program: ProgramDescription,
  random: RandomBits | null,
  randomHeap: RandomBits | null,
): StartedProgram | number {
  const layout = archPickMmapLayout(owner, random);
  const entry = elfDynBase(random);
  const stackTop = randomizeStackTop(random);
  const { text, rodata, data, bss } = program;
  const end = entry + text + rodata + data + bss;
  const mm = MmStruct.create(owner, { ...layout, startBrk: randomizeBrk(end, randomHeap) });
  if (mm === null) return -ENOMEM;
  const mapped = [
    map(mm, entry, text, PROT_READ | PROT_EXEC, MAP_FIXED),
    map(mm, entry + text, rodata, PROT_READ, MAP_FIXED),
    map(mm, entry + text + rodata, data + bss, PROT_READ | PROT_WRITE, MAP_FIXED),
    map(
      mm,
      stackTop - STACK_EXPAND - PAGE_SIZE,
      STACK_EXPAND + PAGE_SIZE,
      PROT_READ | PROT_WRITE,
      MAP_FIXED | MAP_GROWSDOWN,
    ),
    mapVdso(mm),
  ];
  const error = mapped.find((result) => result < 0);
  if (error !== undefined) {
    exitMmap(mm);
    return error;
  }
  const sp = archAlignStack(stackTop - ARGUMENTS, random);
  const vvar = mapped[4];
  const dataStart = entry + text + rodata;
  const argStart = stackTop - ARGUMENTS / 2;
  mm.image = {
    ...{ startCode: entry, endCode: entry + text, startData: dataStart, endData: dataStart + data },
    ...{ startStack: sp, argStart, argEnd: argStart + program.comm.length + 1, envEnd: stackTop - 8 },
    ...{ vvar, vdso: vvar + VVAR_PAGES * PAGE_SIZE },
  };
  return { mm, entry, sp };
}

/** vvar below vdso, wherever there is room. @returns where vvar begins. SIMPLIFIED: ordinary mappings */
function mapVdso(mm: MmStruct): number {
  const pages = VVAR_PAGES + VDSO_PAGES;
  const addr = map(mm, 0, pages * PAGE_SIZE, PROT_READ, 0);
  if (addr < 0) return addr;
  const vdso = map(mm, addr + VVAR_PAGES * PAGE_SIZE, VDSO_PAGES * PAGE_SIZE, PROT_READ | PROT_EXEC, MAP_FIXED);
  return vdso < 0 ? vdso : addr;
}
