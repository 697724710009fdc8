/** The bytes of /proc/PID/pagemap: eight for each page. Linux: fs/proc/task_mmu.c, pagemap_read(). */
import { EINVAL } from '../../include/errno.ts';
import { PAGE_SIZE, TASK_SIZE } from '../../include/param.ts';
import type { MemorySystem } from '../../mm/memory_system.ts';
import type { MmStruct } from '../../mm/mm_struct.ts';
import { swpOffset, swpType } from '../../mm/swapops.ts';
import { type PagemapEntry, pagemap } from './task_mmu.ts';

const ENTRY_BYTES = 8;
const PM_PRESENT = 1n << 63n;
const PM_SWAP = 1n << 62n;
const PM_FILE = 1n << 61n;
const PM_GUARD_REGION = 1n << 58n;
const PM_MMAP_EXCLUSIVE = 1n << 56n;
/** A type of swap takes so many bits, below the offset. */
const SWAP_TYPE_BITS = 5n;

/** @param showPfn  whether frames may be seen: others see 0. Linux: make_pme() */
export function pagemapEntry(entry: PagemapEntry, showPfn: boolean): bigint {
  if (entry.kind === 'guard') return PM_GUARD_REGION;
  const marks = (entry.file ? PM_FILE : 0n) | (entry.exclusive ? PM_MMAP_EXCLUSIVE : 0n);
  if (entry.kind === 'present') return PM_PRESENT | marks | (showPfn ? BigInt(entry.id) : 0n);
  const place = BigInt(swpType(entry.id)) | (BigInt(swpOffset(entry.id)) << SWAP_TYPE_BITS);
  return PM_SWAP | marks | (showPfn ? place : 0n);
}

/** @returns bytes; -EINVAL: place and length must be whole entries */
export function pagemapRead(
  system: MemorySystem,
  mm: MmStruct,
  pos: number,
  len: number,
  showPfn: boolean,
): Uint8Array | number {
  if (pos % ENTRY_BYTES !== 0 || len % ENTRY_BYTES !== 0) return -EINVAL;
  const start = (pos / ENTRY_BYTES) * PAGE_SIZE;
  const end = Math.min(start + (len / ENTRY_BYTES) * PAGE_SIZE, TASK_SIZE);
  const bytes = new Uint8Array((Math.max(end - start, 0) / PAGE_SIZE) * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  for (const vma of mm.vmas) {
    if (vma.vmEnd <= start || vma.vmStart >= end) continue;
    for (const entry of pagemap(system, vma)) {
      const addr = vma.vmStart + entry.page * PAGE_SIZE;
      if (addr < start || addr >= end) continue;
      view.setBigUint64(((addr - start) / PAGE_SIZE) * ENTRY_BYTES, pagemapEntry(entry, showPfn), true);
    }
  }
  return bytes;
}
