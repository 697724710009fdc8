/** Translations: answered by the TLB, and walked. */
import { CpuMmu } from '../arch/cpu_mmu.ts';
import { PhysicalMemory } from '../arch/memory.ts';
import { PAGING_4_LEVEL } from '../arch/page_walk.ts';
import { X86_PF_USER } from '../include/pgtable_types.ts';
import type { Workload } from './workload.ts';

const TIMES = 10_000;
/** P, RW, US. */
const TABLE = 0x7;

/** An MMU over four tables, one below the other, that map pages 0 .. 511 to frames 512 and up. */
function mmuWithPages(): CpuMmu {
  const memory = new PhysicalMemory(1024);
  for (const level of [0, 1, 2, 3]) memory.clearFrame(level);
  for (const level of [0, 1, 2]) memory.frameWords(level)[0] = ((level + 1) << 12) | TABLE;
  for (let i = 0; i < 512; i++) memory.frameWords(3)[2 * i] = ((512 + i) << 12) | TABLE;
  return new CpuMmu(memory, PAGING_4_LEVEL, { pgd: 0, pcid: 1 });
}

/** Pages 0, 1, 2 ... `pages`-1, round and round. */
function sweep(title: string, pages: number): Workload {
  const mmu = mmuWithPages();
  const run = (): void => {
    for (let i = 0; i < TIMES; i++) mmu.translate(i % pages, X86_PF_USER);
  };
  return { title, times: TIMES, run };
}

export const tlbWorkloads = (): readonly Workload[] => [
  sweep('translation that the TLB has', 64),
  // Twice as many as it holds, in the order that LRU likes least.
  sweep('translation that is walked', 128),
];
