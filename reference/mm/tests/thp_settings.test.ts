import { __GFP_DIRECT_RECLAIM, __GFP_KSWAPD_RECLAIM, __GFP_NORETRY } from '../../include/gfp.ts';
import { ThpSettings } from '../thp_settings.ts';

/** What a fault may do to get a huge page: d reclaim, k have kswapd reclaim, 1 one round only. */
function efforts(gfp: number): string {
  const may = (flag: number, letter: string): string => (gfp & flag ? letter : '');
  return may(__GFP_DIRECT_RECLAIM, 'd') + may(__GFP_KSWAPD_RECLAIM, 'k') + may(__GFP_NORETRY, '1');
}

describe('ThpSettings', () => {
  test.each([
    ['always', 'd1', 'd'],
    ['defer', 'k', 'k'],
    ['defer+madvise', 'k', 'd'],
    ['madvise', '', 'd'],
    ['never', '', ''],
  ] as const)('defrag %s: a fault may "%s", after MADV_HUGEPAGE "%s"', (defrag, plain, advised) => {
    const settings = new ThpSettings();
    settings.defrag = defrag;
    expect([efforts(settings.faultGfp(false)), efforts(settings.faultGfp(true))]).toEqual([plain, advised]);
  });

  test('khugepaged reclaims unless it is told not to', () => {
    const settings = new ThpSettings();
    const before = efforts(settings.khugepagedGfp);
    settings.khugepaged.defrag = 0;
    expect([before, efforts(settings.khugepagedGfp)]).toEqual(['d', '']);
  });

  test('begins as Linux does', () => {
    const { defrag, khugepaged } = new ThpSettings();
    expect([
      defrag,
      khugepaged.pagesToScan,
      khugepaged.maxPtesNone,
      khugepaged.maxPtesSwap,
      khugepaged.maxPtesShared,
    ]).toEqual(['madvise', 4096, 511, 64, 256]);
  });
});
