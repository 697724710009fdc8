/**
 * What every page allocator must obey, whatever is asked of it: blocks in use are aligned and disjoint, no frame is lost,
 * and when all has come back, in whatever order, memory is as whole as it was at boot.
 */
import { MAX_PAGE_ORDER } from '../include/param.ts';
import type { Order, Pfn } from '../include/types.ts';

/** An implementation, as these laws use it. */
export interface Allocator {
  /** @returns the first frame of 2^order frames, or null */
  alloc(order: Order): Pfn | null;
  free(pfn: Pfn, order: Order): void;
  /** Frames that are not in use. */
  freeFrames(): number;
  /** By order: free blocks, when nobody keeps any for later. */
  nrFree(): readonly number[];
  /** Panics if the structure is damaged. */
  validate(): void;
}

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

interface Block {
  readonly pfn: Pfn;
  readonly order: Order;
}

function takeAny(blocks: Block[], random: Random): Block {
  const [block] = blocks.splice(random(blocks.length), 1);
  return block;
}

/** Mostly small ones. */
const anyOrder = (random: Random): Order => Math.min(random(MAX_PAGE_ORDER + 1), random(MAX_PAGE_ORDER + 1));

/**
 * Plays random calls, then frees all that is left in random order.
 * @returns null if the laws hold; else the first call after which they do not, and which one
 */
export function breaksAllocatorLaw(allocator: Allocator, random: Random, calls: number): string | null {
  const boot = allocator.nrFree().join(' ');
  const total = allocator.freeFrames();
  const live: Block[] = [];
  const owner = new Map<Pfn, Block>();
  for (let i = 0; i < calls; i++) {
    const broken = random(3) > 0 ? allocAny(allocator, random, live, owner) : freeAny(allocator, random, live, owner);
    allocator.validate();
    const free = allocator.freeFrames();
    if (broken !== null) return `call ${i}: ${broken}`;
    if (free + owner.size !== total) return `call ${i}: ${free} frames free and ${owner.size} in use, of ${total}`;
  }
  while (live.length > 0) freeAny(allocator, random, live, owner);
  allocator.validate();
  const end = allocator.nrFree().join(' ');
  return end === boot ? null : `all was freed, but free blocks by order are ${end}, not ${boot}`;
}

function allocAny(allocator: Allocator, random: Random, live: Block[], owner: Map<Pfn, Block>): string | null {
  const order = anyOrder(random);
  const pfn = allocator.alloc(order);
  if (pfn === null) return null;
  if (pfn % 2 ** order !== 0) return `alloc of order ${order} gave pfn ${pfn}, which is not aligned`;
  const block = { pfn, order };
  live.push(block);
  for (let at = pfn; at < pfn + 2 ** order; at++) {
    if (owner.has(at)) return `alloc of order ${order} gave pfn ${pfn}, but ${at} is in use`;
    owner.set(at, block);
  }
  return null;
}

function freeAny(allocator: Allocator, random: Random, live: Block[], owner: Map<Pfn, Block>): null {
  if (live.length === 0) return null;
  const { pfn, order } = takeAny(live, random);
  allocator.free(pfn, order);
  for (let at = pfn; at < pfn + 2 ** order; at++) owner.delete(at);
  return null;
}

/**
 * Plays the same random calls on two allocators that should be one and the same.
 * @returns null if they hand out the same blocks; else the first call that they answer differently
 */
export function tellsApart(one: Allocator, other: Allocator, random: Random, calls: number): string | null {
  const live: Block[] = [];
  for (let i = 0; i < calls; i++) {
    if (live.length > 0 && random(5) < 2) {
      const { pfn, order } = takeAny(live, random);
      one.free(pfn, order);
      other.free(pfn, order);
    } else {
      const order = anyOrder(random);
      const pfn = one.alloc(order);
      const twin = other.alloc(order);
      if (pfn !== twin) return `call ${i}: alloc of order ${order} gave ${pfn} and ${twin}`;
      if (pfn !== null) live.push({ pfn, order });
    }
    const [blocks, twins] = [one.nrFree().join(' '), other.nrFree().join(' ')];
    if (blocks !== twins) return `call ${i}: free blocks by order are ${blocks} and ${twins}`;
  }
  return null;
}
