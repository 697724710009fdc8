/** Whoever wants to know of each object of the kernel's memory. Linux: include/linux/kmemleak.h. */
import type { PhysAddr } from './types.ts';

export interface LeakTracker {
  /** Memory has been handed out. @param size  bytes that may be used */
  alloc(object: PhysAddr, size: number): void;
  /** It has been given back. */
  free(object: PhysAddr): void;
  /** It is in use, though no address of it lies in memory. */
  notLeak(object: PhysAddr): void;
}
