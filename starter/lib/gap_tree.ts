/**
 * Disjoint areas in order of address: lookup, neighbours, and the search for a gap that is large enough, each in
 * O(log n). An AVL tree. Linux: the maple tree of an address space (lib/maple_tree.c).
 *
 *     each node knows of its subtree      minStart          maxEnd
 *                                            |--A--|   |-B-|
 *     and the widest gap in it                      <-->  maxGap
 *
 * A node is a number, and a field of all nodes is one array. What a lookup reads of 100,000 areas is then 1.6 MB, and
 * stays in a CPU's cache; as objects (node, area, and a box for each number beyond 2^31) it is ten times as much, and
 * each step down waits for memory.
 */
import { panic } from './panic.ts';

/** From vmStart up to, not including, vmEnd. Only the tree it is in may change the two: `resize`. */
export interface Area {
  vmStart: number;
  vmEnd: number;
}

/** A hole: start ≤ address < end. */
export interface Gap {
  readonly start: number;
  readonly end: number;
}

/** A node; 0: none, of height 0. */
type Node = number;

/** Its children are at 2 * node, and behind that. */
const LEFT = 0;
const RIGHT = 1;
type Side = typeof LEFT | typeof RIGHT;

/** Nodes that a new tree has room for. */
const FIRST_NODES = 32;

/** Where to look, and for how much. All in bytes. */
interface Wanted {
  readonly low: number;
  readonly high: number;
  readonly length: number;
  readonly side: 'highest' | 'lowest';
}

export class GapTree<T extends Area> {
  #child = new Int32Array(2 * FIRST_NODES);
  /** Ends of the node's own area. */
  #start = new Float64Array(FIRST_NODES);
  #end = new Float64Array(FIRST_NODES);
  #minStart = new Float64Array(FIRST_NODES);
  #maxEnd = new Float64Array(FIRST_NODES);
  #maxGap = new Float64Array(FIRST_NODES);
  #height = new Uint8Array(FIRST_NODES);
  readonly #items: (T | null)[] = [null];
  #root: Node = 0;
  #count = 0;
  /** A node that nobody uses; its left child is the next one. */
  #unused: Node = 0;

  /** Areas in the tree. */
  get size(): number {
    return this.#count;
  }

  /** The first area that ends above addr: the one that holds it, else the next. Linux: find_vma(). */
  find(addr: number): T | null {
    const child = this.#child;
    const ends = this.#end;
    let found = 0;
    for (let node = this.#root; node !== 0; ) {
      if (ends[node] > addr) {
        found = node;
        node = child[2 * node + LEFT];
      } else {
        node = child[2 * node + RIGHT];
      }
    }
    return this.#items[found];
  }

  /** The last area that starts below addr. */
  findPrev(addr: number): T | null {
    const child = this.#child;
    const starts = this.#start;
    let found = 0;
    for (let node = this.#root; node !== 0; ) {
      if (starts[node] < addr) {
        found = node;
        node = child[2 * node + RIGHT];
      } else {
        node = child[2 * node + LEFT];
      }
    }
    return this.#items[found];
  }

  /** @param item  must overlap no area of the tree */
  insert(item: T): void {
    this.#root = this.#insertBelow(this.#root, this.#newNode(item));
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
      for (; node !== 0; node = this.#below(node, LEFT)) above.push(node);
      const next = above.pop() ?? 0;
      yield this.#item(next);
      node = this.#below(next, RIGHT);
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

  #item(node: Node): T {
    return this.#items[node] ?? panic(`gap_tree: node ${node} has no area`);
  }

  #below(node: Node, side: Side): Node {
    return this.#child[2 * node + side];
  }

  #setBelow(node: Node, side: Side, child: Node): void {
    this.#child[2 * node + side] = child;
  }

  #newNode(item: T): Node {
    let node = this.#unused;
    if (node === 0) {
      node = this.#items.push(item) - 1;
      if (node === this.#height.length) this.#grow();
    } else {
      this.#unused = this.#below(node, LEFT);
    }
    this.#place(node, item);
    this.#setBelow(node, LEFT, 0);
    this.#setBelow(node, RIGHT, 0);
    this.#pull(node);
    return node;
  }

  #place(node: Node, item: T): void {
    this.#items[node] = item;
    this.#start[node] = item.vmStart;
    this.#end[node] = item.vmEnd;
  }

  #freeNode(node: Node): void {
    this.#items[node] = null;
    this.#setBelow(node, LEFT, this.#unused);
    this.#unused = node;
  }

  #grow(): void {
    const nodes = 2 * this.#height.length;
    this.#child = grown(this.#child, new Int32Array(2 * nodes));
    this.#start = grown(this.#start, new Float64Array(nodes));
    this.#end = grown(this.#end, new Float64Array(nodes));
    this.#minStart = grown(this.#minStart, new Float64Array(nodes));
    this.#maxEnd = grown(this.#maxEnd, new Float64Array(nodes));
    this.#maxGap = grown(this.#maxGap, new Float64Array(nodes));
    this.#height = grown(this.#height, new Uint8Array(nodes));
  }

  /** Works out anew what a node knows of its subtree. */
  #pull(node: Node): void {
    const left = this.#below(node, LEFT);
    const right = this.#below(node, RIGHT);
    const start = this.#start[node];
    const end = this.#end[node];
    let gap = 0;
    if (left !== 0) gap = Math.max(this.#maxGap[left], start - this.#maxEnd[left]);
    if (right !== 0) gap = Math.max(gap, this.#maxGap[right], this.#minStart[right] - end);
    this.#minStart[node] = left === 0 ? start : this.#minStart[left];
    this.#maxEnd[node] = right === 0 ? end : this.#maxEnd[right];
    this.#maxGap[node] = gap;
    this.#height[node] = Math.max(this.#height[left], this.#height[right]) + 1;
  }

  /** A child comes up, and the node goes down on the other side. @returns the child */
  #rotate(node: Node, side: Side): Node {
    const other = side === LEFT ? RIGHT : LEFT;
    const child = this.#below(node, side);
    this.#setBelow(node, side, this.#below(child, other));
    this.#setBelow(child, other, node);
    this.#pull(node);
    this.#pull(child);
    return child;
  }

  #lean(node: Node): number {
    return this.#height[this.#below(node, LEFT)] - this.#height[this.#below(node, RIGHT)];
  }

  /** @returns the root of the subtree, whose sides differ by one level at most */
  #balance(node: Node): Node {
    const lean = this.#lean(node);
    if (Math.abs(lean) > 1) {
      const [side, other] = lean > 0 ? ([LEFT, RIGHT] as const) : ([RIGHT, LEFT] as const);
      const child = this.#below(node, side);
      if (lean * this.#lean(child) < 0) this.#setBelow(node, side, this.#rotate(child, other));
      return this.#rotate(node, side);
    }
    this.#pull(node);
    return node;
  }

  #insertBelow(node: Node, fresh: Node): Node {
    if (node === 0) return fresh;
    const side = this.#start[fresh] < this.#start[node] ? LEFT : RIGHT;
    this.#setBelow(node, side, this.#insertBelow(this.#below(node, side), fresh));
    return this.#balance(node);
  }

  #eraseBelow(node: Node, item: T): Node {
    if (node === 0) panic(`gap_tree: no area at ${item.vmStart}`);
    if (this.#items[node] !== item) {
      const side = item.vmStart < this.#start[node] ? LEFT : RIGHT;
      this.#setBelow(node, side, this.#eraseBelow(this.#below(node, side), item));
      return this.#balance(node);
    }
    const left = this.#below(node, LEFT);
    const right = this.#below(node, RIGHT);
    if (left === 0 || right === 0) {
      this.#freeNode(node);
      return left === 0 ? right : left;
    }
    let first = right;
    while (this.#below(first, LEFT) !== 0) first = this.#below(first, LEFT);
    const next = this.#item(first);
    this.#setBelow(node, RIGHT, this.#eraseBelow(right, next));
    this.#place(node, next);
    return this.#balance(node);
  }

  #resizeBelow(node: Node, item: T, vmStart: number, vmEnd: number): void {
    if (node === 0) panic(`gap_tree: no area at ${item.vmStart}`);
    if (this.#items[node] === item) {
      item.vmStart = vmStart;
      item.vmEnd = vmEnd;
      this.#place(node, item);
    } else {
      const side = item.vmStart < this.#start[node] ? LEFT : RIGHT;
      this.#resizeBelow(this.#below(node, side), item, vmStart, vmEnd);
    }
    this.#pull(node);
  }

  /** @param before, after  the end of the area before this subtree, and the start of the area after it */
  #searchGap(node: Node, before: number, after: number, wanted: Wanted): Gap | null {
    const start = Math.max(before, wanted.low);
    const end = Math.min(after, wanted.high);
    if (end - start < wanted.length) return null;
    if (node === 0) return { start, end };
    const widest = Math.max(this.#minStart[node] - before, this.#maxGap[node], after - this.#maxEnd[node]);
    if (widest < wanted.length) return null;
    const left = this.#below(node, LEFT);
    const right = this.#below(node, RIGHT);
    if (wanted.side === 'highest') {
      const above = this.#searchGap(right, this.#end[node], after, wanted);
      return above ?? this.#searchGap(left, before, this.#start[node], wanted);
    }
    const below = this.#searchGap(left, before, this.#start[node], wanted);
    return below ?? this.#searchGap(right, this.#end[node], after, wanted);
  }

  #validateBelow(node: Node): void {
    if (node === 0) return;
    this.#validateBelow(this.#below(node, LEFT));
    this.#validateBelow(this.#below(node, RIGHT));
    const { vmStart, vmEnd } = this.#item(node);
    const facts = (): number[] => [this.#height[node], this.#minStart[node], this.#maxEnd[node], this.#maxGap[node]];
    const known = facts();
    this.#pull(node);
    const isKnown = facts().every((value, i) => value === known[i]);
    if (!isKnown || this.#start[node] !== vmStart || this.#end[node] !== vmEnd) {
      panic(`gap_tree: node at ${vmStart} is out of date`);
    }
    if (Math.abs(this.#lean(node)) > 1) panic(`gap_tree: ${vmStart} out of balance`);
  }
}

/** @param into  longer @returns it, beginning with what `from` has */
function grown<A extends Float64Array | Int32Array | Uint8Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
