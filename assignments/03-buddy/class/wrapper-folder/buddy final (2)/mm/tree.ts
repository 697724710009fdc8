/**
 * One aligned stretch of 2^10 frames as a binary tree in an array: node 1 is the whole, nodes 2i and 2i+1 its halves.
 * orders[node] has bit o set when there is a free block of order o at or below the node.
 */
const TOP = 10;

export interface Tree {
  has(order: number): boolean;
  isFree(offset: number, order: number): boolean;
  take(order: number, from: number): number;
  give(offset: number, order: number): void;
  each(visit: (offset: number, order: number) => void): void;
}

export function makeTree(counted: (order: number, by: number) => void): Tree {
  const orders = new Uint16Array(2 ** (TOP + 1));
  const block = new Uint8Array(2 ** (TOP + 1));
  const nodeAt = (offset: number, order: number) => 2 ** (TOP - order) + offset / 2 ** order;
  const set = (node: number, order: number, free: boolean) => {
    block[node] = free ? 1 : 0;
    orders[node] = free ? 1 << order : 0;
    counted(order, free ? 1 : -1);
  };
  const mend = (node: number) => {
    while (node > 1) {
      node >>= 1;
      orders[node] = orders[2 * node]! | orders[2 * node + 1]!;
    }
  };
  const find = (order: number): number => {
    let node = 1;
    while (!block[node]) node = 2 * node + ((orders[2 * node]! >> order) & 1 ? 0 : 1);
    return node;
  };
  return {
    has: (order) => ((orders[1]! >> order) & 1) === 1,
    isFree: (offset, order) => block[nodeAt(offset, order)] === 1,
    take(order, from) {
      let node = find(from);
      set(node, from, false);
      for (let at = from - 1; at >= order; at--) {
        node *= 2;
        set(node + 1, at, true);
      }
      mend(node);
      return (node - 2 ** (TOP - order)) * 2 ** order;
    },
    give(offset, order) {
      let node = nodeAt(offset, order);
      let at = order;
      for (; at < TOP && block[node ^ 1]; at++) {
        set(node ^ 1, at, false);
        node >>= 1;
      }
      set(node, at, true);
      mend(node);
    },
    each(visit) {
      const go = (node: number, order: number): void => {
        if (orders[node] === 0) return;
        if (block[node]) return visit((node - 2 ** (TOP - order)) * 2 ** order, order);
        go(2 * node, order - 1);
        go(2 * node + 1, order - 1);
      };
      go(1, TOP);
    },
  };
}
