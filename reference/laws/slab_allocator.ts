/**
 * What every slab cache must obey: live objects are aligned and disjoint, what is written into one stays there, and when
 * all have come back nothing is left.
 */
import type { PhysAddr } from '../include/types.ts';

/** An implementation, as these laws use it. */
export interface SlabCache {
  /** Bytes of an object, and of what its address is a multiple. */
  readonly size: number;
  readonly align: number;
  /** CPUs that may call. */
  readonly cpus: number;
  /** @returns its address, or null */
  alloc(cpu: number): PhysAddr | null;
  free(cpu: number, object: PhysAddr): void;
  /** Gives back what it keeps empty. @returns objects there are, in use or not */
  shrink(): number;
  readByte(at: PhysAddr): number;
  writeByte(at: PhysAddr, value: number): void;
  /** Panics if the structure is damaged. */
  validate(): void;
}

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

interface LiveObject {
  readonly at: PhysAddr;
  /** What each of its bytes has been set to. */
  readonly value: number;
}

/**
 * Plays random calls on all CPUs, then frees all that is left in random order.
 * @param most  objects in use at a time
 * @returns null if the laws hold; else the first call after which they do not, and which one
 */
export function breaksSlabLaw(cache: SlabCache, random: Random, calls: number, most: number): string | null {
  const live: LiveObject[] = [];
  const owner = new Set<PhysAddr>();
  for (let i = 0; i < calls; i++) {
    const grows = live.length === 0 || (live.length < most && random(5) < 3);
    const broken = grows ? allocAny(cache, random, live, owner) : freeAny(cache, random, live, owner);
    cache.validate();
    if (broken !== null) return `call ${i}: ${broken}`;
  }
  while (live.length > 0) {
    const broken = freeAny(cache, random, live, owner);
    if (broken !== null) return `at the end: ${broken}`;
  }
  const left = cache.shrink();
  cache.validate();
  return left === 0 ? null : `all was freed, but ${left} objects are still there after a shrink`;
}

function allocAny(cache: SlabCache, random: Random, live: LiveObject[], owner: Set<PhysAddr>): string | null {
  const at = cache.alloc(random(cache.cpus));
  if (at === null) return null;
  if (at % cache.align !== 0) return `object ${at} is not aligned to ${cache.align}`;
  const object = { at, value: random(256) };
  for (let byte = at; byte < at + cache.size; byte++) {
    if (owner.has(byte)) return `object ${at} overlaps another at ${byte}`;
    owner.add(byte);
    cache.writeByte(byte, object.value);
  }
  live.push(object);
  return null;
}

function freeAny(cache: SlabCache, random: Random, live: LiveObject[], owner: Set<PhysAddr>): string | null {
  const [{ at, value }] = live.splice(random(live.length), 1);
  for (let byte = at; byte < at + cache.size; byte++) {
    if (cache.readByte(byte) !== value) return `object ${at} has changed at ${byte} while it was in use`;
    owner.delete(byte);
  }
  cache.free(random(cache.cpus), at);
  return null;
}
