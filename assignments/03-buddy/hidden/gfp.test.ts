import { subject } from '../../../graders/suite/index.ts';
import * as gfp from '../../../starter/include/gfp.ts';
import { ZONE_DMA, ZONE_DMA32, ZONE_MOVABLE, ZONE_NAMES, ZONE_NORMAL } from '../../../starter/include/mmzone.ts';
import type * as PageAlloc from '../../../starter/mm/page_alloc.ts';

const pageAlloc = subject<typeof PageAlloc>('mm/page_alloc');

/** Flags that say nothing of where. */
const ELSE = [0, gfp.GFP_KERNEL, gfp.GFP_ATOMIC, gfp.GFP_USER | gfp.__GFP_RECLAIMABLE, gfp.__GFP_IO | gfp.__GFP_FS];

const hex = (flags: number) => `0x${flags.toString(16)}`;

describe('gfp', () => {
  test('the highest zone, for every choice of place', () => {
    const cases = [
      [0, ZONE_NORMAL],
      [gfp.__GFP_DMA, ZONE_DMA],
      [gfp.__GFP_DMA32, ZONE_DMA32],
      [gfp.__GFP_HIGHMEM, ZONE_NORMAL],
      [gfp.__GFP_MOVABLE, ZONE_NORMAL],
      [gfp.__GFP_MOVABLE | gfp.__GFP_DMA, ZONE_DMA],
      [gfp.__GFP_MOVABLE | gfp.__GFP_DMA32, ZONE_DMA32],
      [gfp.__GFP_MOVABLE | gfp.__GFP_HIGHMEM, ZONE_MOVABLE],
    ] as const;
    for (const [where, zone] of cases) {
      for (const flags of ELSE.map((more) => where | more)) {
        const answer = ZONE_NAMES[pageAlloc.gfpZone(flags)];
        expect(`${hex(flags)}: ${answer}`).toBe(`${hex(flags)}: ${ZONE_NAMES[zone]}`);
      }
    }
  });

  test('the rights, for every choice of priority and patience', () => {
    const cases = [
      [0, gfp.ALLOC_NON_BLOCK],
      [gfp.__GFP_HIGH, gfp.ALLOC_MIN_RESERVE | gfp.ALLOC_NON_BLOCK],
      [gfp.__GFP_DIRECT_RECLAIM, 0],
      [gfp.__GFP_HIGH | gfp.__GFP_DIRECT_RECLAIM, gfp.ALLOC_MIN_RESERVE],
    ] as const;
    for (const [how, rights] of cases) {
      for (const more of [0, gfp.__GFP_KSWAPD_RECLAIM, gfp.__GFP_IO | gfp.__GFP_FS, gfp.__GFP_DMA]) {
        const flags = how | more;
        expect(`${hex(flags)}: ${hex(pageAlloc.gfpToAllocFlags(flags))}`).toBe(`${hex(flags)}: ${hex(rights)}`);
      }
    }
  });
});

describe('fallbacks', () => {
  test('every type has its own two, in its own order', () => {
    const [unmovable, movable, reclaimable] = [0, 1, 2] as const;
    expect([...pageAlloc.fallbacks(unmovable)]).toEqual([reclaimable, movable]);
    expect([...pageAlloc.fallbacks(movable)]).toEqual([reclaimable, unmovable]);
    expect([...pageAlloc.fallbacks(reclaimable)]).toEqual([unmovable, movable]);
  });
});
