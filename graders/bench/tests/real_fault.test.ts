import { measureRealFault } from '../real_fault.ts';

describe('measureRealFault', () => {
  test('counts a fault for each page, or says that it cannot', () => {
    const real = measureRealFault();
    if (real !== null) expect(real.faults).toBeGreaterThanOrEqual(8192);
    expect(real === null || Number.isFinite(real.nsPerFault)).toBe(true);
  });
});
