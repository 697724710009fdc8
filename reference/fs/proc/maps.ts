/** The text of /proc/PID/maps, and the first line of each mapping in smaps. Linux: fs/proc/task_mmu.c, show_map_vma(). */
import { PAGE_SIZE } from '../../include/param.ts';
import type { UserAddr } from '../../include/types.ts';
import type { MmStruct } from '../../mm/mm_struct.ts';
import type { VmArea } from '../../mm/vma.ts';
import { FsFile } from '../file_system.ts';
import { hex8 } from './seq_file.ts';
import { showVmPerms } from './vm_flags.ts';

/** Where names begin. */
const NAME_COLUMN = 73;

/** A line. */
export interface MapFigures {
  readonly start: UserAddr;
  readonly end: UserAddr;
  /** `rw-p`. */
  readonly perms: string;
  /** Bytes. */
  readonly offset: number;
  /** `fe:00`. */
  readonly dev: string;
  readonly ino: number;
  /** '': none. */
  readonly name: string;
}

/** A line without a name ends with a space. */
export function mapShow({ start, end, perms, offset, dev, ino, name }: MapFigures): string {
  const line = `${hex8(start)}-${hex8(end)} ${perms} ${hex8(offset)} ${dev} ${ino} `;
  return name === '' ? `${line}\n` : `${line.padEnd(NAME_COLUMN - 1)} ${name}\n`;
}

/** The disk of the file system; memory that has files, of small and of huge pages. */
const DISK = 'fe:00';
const SHMEM = '00:01';
const HUGETLBFS = '00:10';
const NOTHING = '00:00';

/** The path of a mapped file; files that are in no folder are shown as deleted. Linux: d_path(). */
export function filePath(file: NonNullable<VmArea['vmFile']>): string {
  if (file.hugetlb !== undefined) return file.name;
  if (!(file instanceof FsFile)) return `/${file.name} (deleted)`;
  return file.inode.disk.nlink > 0 ? file.name : `${file.name} (deleted)`;
}

export function mapOf(mm: MmStruct, vma: VmArea): MapFigures {
  const { vmStart: start, vmEnd: end, vmFile, vmPgoff } = vma;
  const perms = showVmPerms(vma.vmFlags);
  if (vmFile === null) return { start, end, perms, offset: 0, dev: NOTHING, ino: 0, name: anonName(mm, vma) };
  const offset = vmPgoff * PAGE_SIZE;
  return { start, end, perms, offset, ...placeOf(vmFile), name: filePath(vmFile) };
}

function placeOf(file: NonNullable<VmArea['vmFile']>): { readonly dev: string; readonly ino: number } {
  if (file instanceof FsFile) return { dev: DISK, ino: file.inode.disk.ino };
  return file.hugetlb === undefined ? { dev: SHMEM, ino: file.mapping ?? 0 } : { dev: HUGETLBFS, ino: file.hugetlb };
}

/** Linux: arch_vma_name(), vma_is_initial_heap(), vma_is_initial_stack(). */
function anonName({ layout, brk, image }: MmStruct, { vmStart, vmEnd }: VmArea): string {
  if (vmStart === image?.vvar) return '[vvar]';
  if (vmStart === image?.vdso) return '[vdso]';
  if (vmStart < brk && vmEnd > layout.startBrk) return '[heap]';
  const stack = image?.startStack ?? -1;
  return vmStart <= stack && stack <= vmEnd ? '[stack]' : '';
}
