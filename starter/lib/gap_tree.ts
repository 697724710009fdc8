/**
 * Disjoint areas in order of address: lookup, neighbours, and the search for a gap that is large enough, each in
 * O(log n). Linux: the maple tree of an address space (lib/maple_tree.c).
 */
import { type Area, GapNodes, LEFT, type Node, RIGHT } from './gap_nodes.ts';
import { panic } from './panic.ts';

/** A hole: start ≤ address < end. */
export interface Gap {
  readonly start: number;
  readonly end: number;
}

/** Where to look, and for how much. All in bytes. */
interface Wanted {
  readonly low: number;
  readonly high: number;
  readonly length: number;
  readonly side: 'highest' | 'lowest';
}

export class GapTree<T extends Area> {
  readonly #nodes = new GapNodes<T>();
  #root: Node = 0;
  #count = 0;

  /** Areas in the tree. */
  get size(): number {
    return this.#count;
  }

  /** The first area that ends above addr: the one that holds it, else the next. Linux: find_vma(). */
  find(addr: number): T | null {
    const child = this.#nodes.child;
    const ends = this.#nodes.end;
    let found = 0;
    for (let node = this.#root; node !== 0; ) {
      if (ends[node] > addr) {
        found = node;
        node = child[2 * node + LEFT];
      } else {
        node = child[2 * node + RIGHT];
      }
    }
    return this.#nodes.items[found];
  }

  /** The last area that starts below addr. */
  findPrev(addr: number): T | null {
    const child = this.#nodes.child;
    const starts = this.#nodes.start;
    let found = 0;
    for (let node = this.#root; node !== 0; ) {
      if (starts[node] < addr) {
        found = node;
        node = child[2 * node + RIGHT];
      } else {
        node = child[2 * node + LEFT];
      }
    }
    return this.#nodes.items[found];
  }

  /** @param item  must overlap no area of the tree */
  insert(item: T): void {
    this.#root = this.#insertBelow(this.#root, this.#nodes.newNode(item));
    this.#count++;
  }

  erase(item: T): void {
    this.#root = this.#eraseBelow(this.#root, item);
    this.#count--;
  }

  /** Moves the ends of an area; it must not come to overlap a neighbour. */
  resize(item: T, vmStart: number, vmEnd: number): void {
    this.#resizeBelow(this.#root, item, vmStart, vmEnd);
  }

  /** The highest gap of `length` bytes or more inside low..high, cut to low..high. */
  highestGap(low: number, high: number, length: number): Gap | null {
    return this.#searchGap(this.#root, low, high, { low, high, length, side: 'highest' });
  }

  /** The lowest gap of `length` bytes or more inside low..high, cut to low..high. */
  lowestGap(low: number, high: number, length: number): Gap | null {
    return this.#searchGap(this.#root, low, high, { low, high, length, side: 'lowest' });
  }

  /** In order of address. Nothing may be put in or taken out meanwhile. */
  *[Symbol.iterator](): Generator<T> {
    const above: Node[] = [];
    for (let node = this.#root; node !== 0 || above.length > 0; ) {
      for (; node !== 0; node = this.#nodes.below(node, LEFT)) above.push(node);
      const next = above.pop() ?? 0;
      yield this.#nodes.item(next);
      node = this.#nodes.below(next, RIGHT);
    }
  }

  /** Panics unless order, balance and all that the nodes know of their subtrees are right. */
  validate(): void {
    let end = 0;
    let seen = 0;
    for (const item of this) {
      if (item.vmStart < end || item.vmEnd <= item.vmStart) panic(`gap_tree: area at ${item.vmStart} out of order`);
      end = item.vmEnd;
      seen++;
    }
    if (seen !== this.#count) panic(`gap_tree: holds ${seen} areas, counted ${this.#count}`);
    this.#validateBelow(this.#root);
  }

  #insertBelow(node: Node, fresh: Node): Node {
    const nodes = this.#nodes;
    if (node === 0) return fresh;
    const side = nodes.start[fresh] < nodes.start[node] ? LEFT : RIGHT;
    nodes.setBelow(node, side, this.#insertBelow(nodes.below(node, side), fresh));
    return nodes.balance(node);
  }

  #eraseBelow(node: Node, item: T): Node {
    const nodes = this.#nodes;
    if (node === 0) panic(`gap_tree: no area at ${item.vmStart}`);
    if (nodes.items[node] !== item) {
      const side = item.vmStart < nodes.start[node] ? LEFT : RIGHT;
      nodes.setBelow(node, side, this.#eraseBelow(nodes.below(node, side), item));
      return nodes.balance(node);
    }
    const left = nodes.below(node, LEFT);
    const right = nodes.below(node, RIGHT);
    if (left === 0 || right === 0) {
      nodes.freeNode(node);
      return left === 0 ? right : left;
    }
    let first = right;
    while (nodes.below(first, LEFT) !== 0) first = nodes.below(first, LEFT);
    const next = nodes.item(first);
    nodes.setBelow(node, RIGHT, this.#eraseBelow(right, next));
    nodes.place(node, next);
    return nodes.balance(node);
  }

  #resizeBelow(node: Node, item: T, vmStart: number, vmEnd: number): void {
    const nodes = this.#nodes;
    if (node === 0) panic(`gap_tree: no area at ${item.vmStart}`);
    if (nodes.items[node] === item) {
      item.vmStart = vmStart;
      item.vmEnd = vmEnd;
      nodes.place(node, item);
    } else {
      const side = item.vmStart < nodes.start[node] ? LEFT : RIGHT;
      this.#resizeBelow(nodes.below(node, side), item, vmStart, vmEnd);
    }
    nodes.pull(node);
  }

  /** @param before, after  the end of the area before this subtree, and the start of the area after it */
  #searchGap(node: Node, before: number, after: number, wanted: Wanted): Gap | null {
    const nodes = this.#nodes;
    const start = Math.max(before, wanted.low);
    const end = Math.min(after, wanted.high);
    if (end - start < wanted.length) return null;
    if (node === 0) return { start, end };
    const widest = Math.max(nodes.minStart[node] - before, nodes.maxGap[node], after - nodes.maxEnd[node]);
    if (widest < wanted.length) return null;
    const left = nodes.below(node, LEFT);
    const right = nodes.below(node, RIGHT);
    if (wanted.side === 'highest') {
      const above = this.#searchGap(right, nodes.end[node], after, wanted);
      return above ?? this.#searchGap(left, before, nodes.start[node], wanted);
    }
    const below = this.#searchGap(left, before, nodes.start[node], wanted);
    return below ?? this.#searchGap(right, nodes.end[node], after, wanted);
  }

  #validateBelow(node: Node): void {
    if (node === 0) return;
    this.#validateBelow(this.#nodes.below(node, LEFT));
    this.#validateBelow(this.#nodes.below(node, RIGHT));
    this.#nodes.validate(node);
  }
}
