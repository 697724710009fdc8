/**
 * Disjoint areas in order of address: lookup, neighbours, and the search for a gap that is large enough, each in
 * O(log n). An AVL tree. Linux: the maple tree of an address space (lib/maple_tree.c).
 *
 *     each node knows of its subtree      minStart          maxEnd
 *                                            |--A--|   |-B-|
 *     and the widest gap in it                      <-->  maxGap
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

interface Node<T> {
  item: T;
  left: Node<T> | null;
  right: Node<T> | null;
  height: number;
  minStart: number;
  maxEnd: number;
  maxGap: number;
}

/** Where to look, and for how much. All in bytes. */
interface Wanted {
  readonly low: number;
  readonly high: number;
  readonly length: number;
}

export class GapTree<T extends Area> {
  private root: Node<T> | null = null;
  private count = 0;

  /** Areas in the tree. */
  get size(): number {
    return this.count;
  }

  /** The first area that ends above addr: the one that holds it, else the next. Linux: find_vma(). */
  find(addr: number): T | null {
    let found: T | null = null;
    for (let node = this.root; node !== null; ) {
      if (node.item.vmEnd > addr) {
        found = node.item;
        node = node.left;
      } else {
        node = node.right;
      }
    }
    return found;
  }

  /** The last area that starts below addr. */
  findPrev(addr: number): T | null {
    let found: T | null = null;
    for (let node = this.root; node !== null; ) {
      if (node.item.vmStart < addr) {
        found = node.item;
        node = node.right;
      } else {
        node = node.left;
      }
    }
    return found;
  }

  /** @param item  must overlap no area of the tree */
  insert(item: T): void {
    this.root = insertNode(this.root, item);
    this.count++;
  }

  erase(item: T): void {
    this.root = eraseNode(this.root, item);
    this.count--;
  }

  /** Moves the ends of an area; it must not come to overlap a neighbour. */
  resize(item: T, vmStart: number, vmEnd: number): void {
    resizeNode(this.root, item, vmStart, vmEnd);
  }

  /** The highest gap of `length` bytes or more inside low..high, cut to low..high. */
  highestGap(low: number, high: number, length: number): Gap | null {
    return searchGap(this.root, { start: low, end: high }, { low, high, length }, 'highest');
  }

  /** The lowest gap of `length` bytes or more inside low..high, cut to low..high. */
  lowestGap(low: number, high: number, length: number): Gap | null {
    return searchGap(this.root, { start: low, end: high }, { low, high, length }, 'lowest');
  }

  *[Symbol.iterator](): Generator<T> {
    yield* inOrder(this.root);
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
    if (seen !== this.count) panic(`gap_tree: holds ${seen} areas, counted ${this.count}`);
    validateNode(this.root);
  }
}

function* inOrder<T>(node: Node<T> | null): Generator<T> {
  if (node === null) return;
  yield* inOrder(node.left);
  yield node.item;
  yield* inOrder(node.right);
}

const heightOf = <T>(node: Node<T> | null): number => (node === null ? 0 : node.height);

/** Works out anew what a node knows of its subtree. */
function pull<T extends Area>(node: Node<T>): void {
  const { item, left, right } = node;
  node.height = Math.max(heightOf(left), heightOf(right)) + 1;
  node.minStart = left === null ? item.vmStart : left.minStart;
  node.maxEnd = right === null ? item.vmEnd : right.maxEnd;
  node.maxGap = Math.max(
    left === null ? 0 : Math.max(left.maxGap, item.vmStart - left.maxEnd),
    right === null ? 0 : Math.max(right.maxGap, right.minStart - item.vmEnd),
  );
}

function rotateRight<T extends Area>(node: Node<T>, left: Node<T>): Node<T> {
  node.left = left.right;
  left.right = node;
  pull(node);
  pull(left);
  return left;
}

function rotateLeft<T extends Area>(node: Node<T>, right: Node<T>): Node<T> {
  node.right = right.left;
  right.left = node;
  pull(node);
  pull(right);
  return right;
}

function balance<T extends Area>(node: Node<T>): Node<T> {
  const { left, right } = node;
  if (left !== null && left.height > heightOf(right) + 1) {
    const inner = left.right;
    if (inner === null || inner.height <= heightOf(left.left)) return rotateRight(node, left);
    return rotateRight(node, rotateLeft(left, inner));
  }
  if (right !== null && right.height > heightOf(left) + 1) {
    const inner = right.left;
    if (inner === null || inner.height <= heightOf(right.right)) return rotateLeft(node, right);
    return rotateLeft(node, rotateRight(right, inner));
  }
  pull(node);
  return node;
}

function insertNode<T extends Area>(node: Node<T> | null, item: T): Node<T> {
  if (node === null) {
    return { item, left: null, right: null, height: 1, minStart: item.vmStart, maxEnd: item.vmEnd, maxGap: 0 };
  }
  if (item.vmStart < node.item.vmStart) node.left = insertNode(node.left, item);
  else node.right = insertNode(node.right, item);
  return balance(node);
}

function eraseNode<T extends Area>(node: Node<T> | null, item: T): Node<T> | null {
  if (node === null) return panic(`gap_tree: no area at ${item.vmStart}`);
  if (item !== node.item) {
    if (item.vmStart < node.item.vmStart) node.left = eraseNode(node.left, item);
    else node.right = eraseNode(node.right, item);
    return balance(node);
  }
  if (node.left === null) return node.right;
  if (node.right === null) return node.left;
  let first = node.right;
  while (first.left !== null) first = first.left;
  node.right = eraseNode(node.right, first.item);
  node.item = first.item;
  return balance(node);
}

function resizeNode<T extends Area>(node: Node<T> | null, item: T, vmStart: number, vmEnd: number): void {
  if (node === null) panic(`gap_tree: no area at ${item.vmStart}`);
  if (item === node.item) {
    item.vmStart = vmStart;
    item.vmEnd = vmEnd;
  } else {
    resizeNode(item.vmStart < node.item.vmStart ? node.left : node.right, item, vmStart, vmEnd);
  }
  pull(node);
}

/** @param around  from the end of the area before this subtree to the start of the area after it */
function searchGap<T extends Area>(
  node: Node<T> | null,
  around: Gap,
  wanted: Wanted,
  side: 'highest' | 'lowest',
): Gap | null {
  const start = Math.max(around.start, wanted.low);
  const end = Math.min(around.end, wanted.high);
  if (end - start < wanted.length) return null;
  if (node === null) return { start, end };
  const widest = Math.max(node.minStart - around.start, node.maxGap, around.end - node.maxEnd);
  if (widest < wanted.length) return null;
  const below = (): Gap | null => searchGap(node.left, { start: around.start, end: node.item.vmStart }, wanted, side);
  const above = (): Gap | null => searchGap(node.right, { start: node.item.vmEnd, end: around.end }, wanted, side);
  return side === 'highest' ? (above() ?? below()) : (below() ?? above());
}

function validateNode<T extends Area>(node: Node<T> | null): void {
  if (node === null) return;
  validateNode(node.left);
  validateNode(node.right);
  const known = [node.height, node.minStart, node.maxEnd, node.maxGap];
  pull(node);
  const right = [node.height, node.minStart, node.maxEnd, node.maxGap];
  if (known.some((value, i) => value !== right[i])) panic(`gap_tree: node at ${node.item.vmStart} is out of date`);
  if (Math.abs(heightOf(node.left) - heightOf(node.right)) > 1) panic(`gap_tree: ${node.item.vmStart} out of balance`);
}
