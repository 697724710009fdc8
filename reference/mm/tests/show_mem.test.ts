import { GFP_KERNEL } from '../../include/gfp.ts';
import { smallMachine } from '../../include/machine.ts';
import { PageAllocator } from '../alloc_pages.ts';
import { MemMap } from '../mem_map.ts';
import { showMem } from '../show_mem.ts';
import { VmStat } from '../vm_stat.ts';

test('a node of 4 MiB of which one page is in use', () => {
  const pages = new PageAllocator({ ...smallMachine(1024), perCpuPages: 'off' }, new MemMap(1024), new VmStat(1));
  pages.allocPages(GFP_KERNEL, 0);
  pages.vmstat.nodes[0].nr_active_anon = 3;
  const lines = showMem(pages, { nrSwapPages: 10, totalSwapPages: 20 }, () => false);
  expect(lines.slice(0, 2)).toEqual(['Mem-Info:', 'active_anon:3 inactive_anon:0 isolated_anon:0']);
  expect(lines[8]).toBe(' free:1023 free_pcp:0 free_cma:0');
  expect(lines[9]).toMatch(/^Node 0 active_anon:12kB inactive_anon:0kB .* all_unreclaimable\? no$/);
  expect(lines[10]).toMatch(/^Node 0 Normal free:4092kB boost:0kB min:\d+kB .* present:4096kB managed:4096kB /);
  expect(lines.slice(11)).toEqual([
    'lowmem_reserve[]: 0 0 0 0',
    'Node 0 Normal: 1*4kB (U) 1*8kB (U) 1*16kB (U) 1*32kB (U) 1*64kB (U) 1*128kB (U) 1*256kB (U) 1*512kB (U) 1*1024kB (U) 1*2048kB (U) 0*4096kB = 4092kB',
    '0 total pagecache pages',
    '0 pages in swap cache',
    'Free swap  = 40kB',
    'Total swap = 80kB',
    '1024 pages RAM',
    '0 pages HighMem/MovableOnly',
    '0 pages reserved',
    '0 pages hwpoisoned',
  ]);
});
