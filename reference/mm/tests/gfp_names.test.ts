import * as gfp from '../../include/gfp.ts';
import { gfpText } from '../gfp_names.ts';

describe('gfpText', () => {
  test.each([
    [gfp.GFP_HIGHUSER_MOVABLE | gfp.__GFP_COMP, '0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP)'],
    [
      gfp.GFP_HIGHUSER_MOVABLE | gfp.__GFP_COMP | gfp.__GFP_ZERO,
      '0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO|__GFP_COMP)',
    ],
    [gfp.GFP_KERNEL, '0xcc0(GFP_KERNEL)'],
    [gfp.GFP_KERNEL | gfp.__GFP_ACCOUNT, '0x400cc0(GFP_KERNEL_ACCOUNT)'],
    [gfp.GFP_ATOMIC, '0x820(GFP_ATOMIC)'],
    [gfp.__GFP_DMA, '0x1(__GFP_DMA)'],
    [0, '0x0(none)'],
  ])('%i: %s', (flags, text) => {
    expect(gfpText(flags)).toBe(text);
  });
});
