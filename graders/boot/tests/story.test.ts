/** The story says what it promises: each act is held to its numbers. */
import { play } from './play.ts';

const { shown } = play('story', () => {});
const acts = new Map(
  shown
    .split(/^=== /m)
    .slice(1)
    .map((act) => [act.slice(0, act.indexOf('.')), act]),
);
const act = (name: string): string => acts.get(name) ?? '';

/** Numbers that stand behind a name, in order. */
function numbers(name: string, pattern: RegExp): number[] {
  return [...act(name).matchAll(pattern)].map(([, digits]) => Number(digits));
}
const counter = (name: string, item: string): number => numbers(name, new RegExp(`^${item} (\\d+)$`, 'gm'))[0];
const lost = (name: string): number[] => numbers(name, /^some .* total=(\d+)$/gm);
const average = (name: string, over: 10 | 60): number[] =>
  numbers(name, new RegExp(`^some .*avg${over}=([\\d.]+)`, 'gm'));
/** kB, the last column of free. */
const available = (name: string): number[] => numbers(name, /^Mem: .* (\d+)$/gm);
/** By line of vmstat. */
const swapRates = (name: string): [si: number, so: number][] =>
  [...act(name).matchAll(/^ *\d+ +\d+ +\d+ +\d+ +\d+ +\d+ +(\d+) +(\d+) /gm)].map(([, si, so]) => [+si, +so]);

describe('the story', () => {
  test('has six acts', () => {
    expect([...acts.keys()]).toEqual(['Boot', 'Load', 'Pressure', 'Swap storm', 'OOM kill', 'Recovery']);
  });

  test('boot and load: nobody waits, nothing is reclaimed', () => {
    expect(lost('Boot')).toEqual([0]);
    for (const item of ['pgscan_kswapd', 'pgscan_direct', 'pswpout']) expect(counter('Load', item)).toBe(0);
    expect(available('Load')[0]).toBeLessThan(available('Boot')[0]);
  });

  test('pressure: kswapd reclaims, nobody else has to, and nothing is swapped', () => {
    expect(counter('Pressure', 'pgsteal_kswapd')).toBeGreaterThan(0);
    expect(counter('Pressure', 'pgscan_direct')).toBe(0);
    expect(counter('Pressure', 'pswpout')).toBe(0);
    expect(average('Pressure', 10)).toEqual([0]);
  });

  test('swap storm: pages go out and come back second by second, and time is lost', () => {
    const storm = swapRates('Swap storm').slice(1);
    expect(storm).toHaveLength(6);
    for (const [si, so] of storm) {
      expect(si).toBeGreaterThan(5000);
      expect(so).toBeGreaterThan(5000);
    }
    expect(counter('Swap storm', 'pgscan_direct')).toBeGreaterThan(0);
    expect(counter('Swap storm', 'oom_kill')).toBe(0);
    expect(average('Swap storm', 10)[0]).toBeGreaterThan(5);
  });

  test('OOM kill: the one with the highest score is killed, and no other', () => {
    const [, database, web, greedy] = (/database (\d+), web (\d+), greedy (\d+)/.exec(act('OOM kill')) ?? []).map(
      Number,
    );
    expect(greedy).toBeGreaterThan(Math.max(database, web));
    expect(act('OOM kill').match(/Out of memory: Killed process \d+ \(\w+\)/g)).toEqual([
      expect.stringMatching(/^Out of memory: Killed process \d+ \(greedy\)$/),
    ]);
    expect(act('OOM kill')).toContain('greedy invoked oom-killer: ');
    expect(counter('OOM kill', 'oom_kill')).toBe(1);
    expect(average('OOM kill', 10)[0]).toBeGreaterThan(average('Swap storm', 10)[0]);
  });

  test('recovery: memory is back, the services live, no more time is lost, and the averages fall', () => {
    for (const kb of available('Recovery')) expect(kb).toBeGreaterThan(available('Load')[0]);
    expect(act('Recovery')).toMatch(/ database .*\n.* web /);
    expect(swapRates('Recovery').at(-1)).toEqual([0, 0]);
    expect(new Set([...lost('OOM kill'), ...lost('Recovery')]).size).toBe(1);
    const [before] = average('OOM kill', 60);
    const [after, later] = average('Recovery', 60);
    expect(before).toBeGreaterThan(after);
    expect(after).toBeGreaterThan(later);
    expect(average('Recovery', 10).at(-1)).toBe(0);
  });
});

describe('chance', () => {
  test('another seed is another machine: its addresses are others', () => {
    const addresses = (seed: number): string[] =>
      [...play('numa', () => {}, seed).shown.matchAll(/^[\da-f]{12} (?=bind|interleave)/gm)].map(
        ([address]) => address,
      );
    const [one, two] = [addresses(1), addresses(2)];
    expect(one).toHaveLength(2);
    expect(one.filter((address) => two.includes(address))).toEqual([]);
  });
});
