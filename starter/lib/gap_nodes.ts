/**
 * The nodes of a GapTree: what each knows of its subtree, and how subtrees are kept in balance. An AVL tree's.
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

/** A node; 0: none, of height 0. */
export type Node = number;

/** Its children are at 2 * node, and behind that. */
export const LEFT = 0;
export const RIGHT = 1;
export type Side = typeof LEFT | typeof RIGHT;

/** Nodes that a new tree has room for. */
const FIRST_NODES = 32;

/** The tree may read all of it; it changes it by what is offered here alone. */
export class GapNodes<T extends Area> {
  child = new Int32Array(2 * FIRST_NODES);
  /** Ends of the node's own area. */
  start = new Float64Array(FIRST_NODES);
  end = new Float64Array(FIRST_NODES);
  minStart = new Float64Array(FIRST_NODES);
  maxEnd = new Float64Array(FIRST_NODES);
  maxGap = new Float64Array(FIRST_NODES);
  height = new Uint8Array(FIRST_NODES);
  readonly items: (T | null)[] = [null];
  /** A node that nobody uses; its left child is the next one. */
  #unused: Node = 0;

  item(node: Node): T {
    return this.items[node] ?? panic(`gap_nodes: node ${node} has no area`);
  }

  below(node: Node, side: Side): Node {
    return this.child[2 * node + side];
  }

  setBelow(node: Node, side: Side, child: Node): void {
    this.child[2 * node + side] = child;
  }

  /** A node of its own, without children. */
  newNode(item: T): Node {
    let node = this.#unused;
    if (node === 0) {
      node = this.items.push(item) - 1;
      if (node === this.height.length) this.#grow();
    } else {
      this.#unused = this.below(node, LEFT);
    }
    this.place(node, item);
    this.setBelow(node, LEFT, 0);
    this.setBelow(node, RIGHT, 0);
    this.pull(node);
    return node;
  }

  /** The node becomes that of another area. */
  place(node: Node, item: T): void {
    this.items[node] = item;
    this.start[node] = item.vmStart;
    this.end[node] = item.vmEnd;
  }

  freeNode(node: Node): void {
    this.items[node] = null;
    this.setBelow(node, LEFT, this.#unused);
    this.#unused = node;
  }

  #grow(): void {
    const nodes = 2 * this.height.length;
    this.child = grown(this.child, new Int32Array(2 * nodes));
    this.start = grown(this.start, new Float64Array(nodes));
    this.end = grown(this.end, new Float64Array(nodes));
    this.minStart = grown(this.minStart, new Float64Array(nodes));
    this.maxEnd = grown(this.maxEnd, new Float64Array(nodes));
    this.maxGap = grown(this.maxGap, new Float64Array(nodes));
    this.height = grown(this.height, new Uint8Array(nodes));
  }

  /** Works out anew what a node knows of its subtree. */
  pull(node: Node): void {
    const left = this.below(node, LEFT);
    const right = this.below(node, RIGHT);
    const start = this.start[node];
    const end = this.end[node];
    let gap = 0;
    if (left !== 0) gap = Math.max(this.maxGap[left], start - this.maxEnd[left]);
    if (right !== 0) gap = Math.max(gap, this.maxGap[right], this.minStart[right] - end);
    this.minStart[node] = left === 0 ? start : this.minStart[left];
    this.maxEnd[node] = right === 0 ? end : this.maxEnd[right];
    this.maxGap[node] = gap;
    this.height[node] = Math.max(this.height[left], this.height[right]) + 1;
  }

  /** A child comes up, and the node goes down on the other side. @returns the child */
  #rotate(node: Node, side: Side): Node {
    const other = side === LEFT ? RIGHT : LEFT;
    const child = this.below(node, side);
    this.setBelow(node, side, this.below(child, other));
    this.setBelow(child, other, node);
    this.pull(node);
    this.pull(child);
    return child;
  }

  #lean(node: Node): number {
    return this.height[this.below(node, LEFT)] - this.height[this.below(node, RIGHT)];
  }

  /** @returns the root of the subtree, whose sides differ by one level at most */
  balance(node: Node): Node {
    const lean = this.#lean(node);
    if (Math.abs(lean) > 1) {
      const [side, other] = lean > 0 ? ([LEFT, RIGHT] as const) : ([RIGHT, LEFT] as const);
      const child = this.below(node, side);
      if (lean * this.#lean(child) < 0) this.setBelow(node, side, this.#rotate(child, other));
      return this.#rotate(node, side);
    }
    this.pull(node);
    return node;
  }

  /** Panics unless what a node knows of itself and its subtree is right, and its sides are in balance. */
  validate(node: Node): void {
    const { vmStart, vmEnd } = this.item(node);
    const facts = (): number[] => [this.height[node], this.minStart[node], this.maxEnd[node], this.maxGap[node]];
    const known = facts();
    this.pull(node);
    const isKnown = facts().every((value, i) => value === known[i]);
    if (!isKnown || this.start[node] !== vmStart || this.end[node] !== vmEnd) {
      panic(`gap_nodes: node at ${vmStart} is out of date`);
    }
    if (Math.abs(this.#lean(node)) > 1) panic(`gap_nodes: ${vmStart} out of balance`);
  }
}

/** @param into  longer @returns it, beginning with what `from` has */
function grown<A extends Float64Array | Int32Array | Uint8Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
