import { NODE_STAT_ITEMS, NUMA_STAT_ITEMS, ZONE_STAT_ITEMS } from '../../../include/vm_items.ts';
import {
  calculateNormalThreshold,
  type PagesetFigures,
  type ZoneinfoFigures,
  zoneinfoOf,
  zoneinfoShow,
} from '../zoneinfo.ts';
import { bootTwoNodes } from './machine.ts';
import { recorded, shapeOf } from './recorded.ts';

const text = recorded('zoneinfo');

/** The number behind a name. */
const numberIn = (part: string, name: string): number =>
  Number(new RegExp(`^ +(?:pages )?${name}:? +(\\d+)$`, 'm').exec(part)?.[1]);

function itemsIn<Item extends string>(part: string, items: readonly Item[]): Record<Item, number> {
  return Object.fromEntries(items.map((item) => [item, numberIn(part, item)])) as Record<Item, number>;
}

function pagesetIn(part: string): PagesetFigures {
  const [count, high, batch] = ['count', 'high', 'batch'].map((name) => numberIn(part, name));
  const [highMin, highMax] = [numberIn(part, 'high_min'), numberIn(part, 'high_max')];
  const cpu = Number(/^(\d+)/.exec(part)?.[1]);
  return { cpu, count, high, batch, highMin, highMax, statThreshold: numberIn(part, 'vm stats threshold') };
}

function zoneIn(part: string): ZoneinfoFigures {
  const [, node, name = ''] = /^(\d+), zone +(\w+)/.exec(part) ?? [];
  const [free, boost, min, low, high, promo] = ['free', 'boost', 'min', 'low', 'high', 'promo'].map((item) =>
    numberIn(part, item),
  );
  const [spanned, present, managed] = ['spanned', 'present', 'managed'].map((item) => numberIn(part, item));
  const protection = (/\((.*)\)/.exec(part)?.[1] ?? '').split(', ').map(Number);
  const watermarks = { min, low, high, promo };
  const empty: ZoneinfoFigures = {
    ...{ node: Number(node), name, free, boost, watermarks, spanned, present, managed, protection },
    populated: null,
  };
  if (!part.includes('start_pfn')) return empty;
  const populated = {
    perNode: part.includes('per-node') ? itemsIn(part, NODE_STAT_ITEMS) : null,
    stat: itemsIn(part, [...ZONE_STAT_ITEMS, ...NUMA_STAT_ITEMS]),
    pagesets: part.split('    cpu: ').slice(1).map(pagesetIn),
    unreclaimable: numberIn(part, 'node_unreclaimable') !== 0,
    startPfn: numberIn(part, 'start_pfn'),
  };
  return { ...empty, populated };
}

describe('zoneinfoShow', () => {
  test('writes what a real machine wrote', () => {
    const zones = text.split('Node ').slice(1).map(zoneIn);
    expect(zones).toHaveLength(5);
    expect(zoneinfoShow(zones)).toBe(text);
  });
});

describe('zoneinfoOf', () => {
  test('has five zones of each node; the first with memory carries the counts of the node', () => {
    const zones = zoneinfoOf(bootTwoNodes());
    expect(zones.map(({ node, name }) => `${node} ${name}`)).toEqual([
      ...['0 DMA', '0 DMA32', '0 Normal', '0 Movable', '0 Device'],
      ...['1 DMA', '1 DMA32', '1 Normal', '1 Movable', '1 Device'],
    ]);
    const populated = zones.map((zone) =>
      zone.populated === null ? '-' : zone.populated.perNode === null ? 'z' : 'n',
    );
    expect(populated.join('')).toBe('nz-----n--');
    expect(zones[3].watermarks).toEqual({ min: 32, low: 32, high: 32, promo: 32 });
    expect(zones[0].protection).toEqual([0, 16, 16, 16, 16]);
  });

  test('is shaped as on a real machine', () => {
    const first = (whole: string): string => whole.slice(0, whole.indexOf('start_pfn'));
    expect(shapeOf(first(zoneinfoShow(zoneinfoOf(bootTwoNodes()))))).toEqual(shapeOf(first(text)));
  });
});

describe('calculateNormalThreshold', () => {
  test.each([
    [3840, 2, 4],
    [772915, 2, 24],
    [1212416, 2, 28],
  ])('%i pages, %i CPUs: %i', (managed, cpus, threshold) => {
    expect(calculateNormalThreshold(managed, cpus)).toBe(threshold);
  });
});
