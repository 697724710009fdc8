import { nodeOrders } from '../zonelist.ts';
import { numaNodes } from './machines.ts';

const orders = (distances: readonly (readonly number[])[]) => nodeOrders(numaNodes(16, distances));

describe('nodeOrders', () => {
  test('turns to equally near nodes round robin', () => {
    const flat = [
      [10, 20, 20],
      [20, 10, 20],
      [20, 20, 10],
    ];
    expect(orders(flat)).toEqual([
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
    ]);
  });

  test('turns to nearer nodes first', () => {
    const row = [
      [10, 40, 20],
      [40, 10, 30],
      [20, 30, 10],
    ];
    expect(orders(row)).toEqual([
      [0, 2, 1],
      [1, 2, 0],
      [2, 0, 1],
    ]);
  });

  test('prefers a node without CPUs among equally near ones', () => {
    const [a, b, c] = numaNodes(16, [
      [10, 20, 20],
      [20, 10, 20],
      [20, 20, 10],
    ]);
    expect(nodeOrders([a, b, { ...c, cpus: [] }])[0]).toEqual([0, 2, 1]);
  });
});
