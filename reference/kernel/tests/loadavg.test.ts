import { LOAD_FREQ_NS, LoadAvg } from '../loadavg.ts';

describe('LoadAvg', () => {
  test('looks every 5.004 s, and rounds up while the load grows', () => {
    const load = new LoadAvg();
    load.catchUp(LOAD_FREQ_NS - 1, 1);
    expect(load.loads).toEqual([0, 0, 0]);
    load.catchUp(LOAD_FREQ_NS, 1);
    // 2048 - 1884, and so on.
    expect(load.loads).toEqual([164, 34, 11]);
    expect(load.due).toBe(2 * LOAD_FREQ_NS);
    load.catchUp(2 * LOAD_FREQ_NS, 1);
    expect(load.loads).toEqual([315, 68, 22]);
  });

  test('one task for ever is a load of one, none is none', () => {
    const load = new LoadAvg();
    load.catchUp(10_000 * LOAD_FREQ_NS, 1);
    expect(load.loads).toEqual([2048, 2048, 2048]);
    load.catchUp(20_000 * LOAD_FREQ_NS, 0);
    expect(load.loads).toEqual([0, 0, 0]);
    expect(load.due).toBe(20_001 * LOAD_FREQ_NS);
  });

  test('what came to rest is not averaged again and again', () => {
    const load = new LoadAvg();
    load.catchUp(1e6 * LOAD_FREQ_NS + 5, 0);
    expect(load.due).toBe((1e6 + 1) * LOAD_FREQ_NS);
  });
});
