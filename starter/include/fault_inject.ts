/** Failures to order, for tests. Linux: include/linux/fault-inject.h. */

export interface FaultInjector {
  /** Asked once for each attempt. @returns whether this one is to fail */
  shouldFail(what: 'page' | 'slab' | 'swap' | 'read' | 'write'): boolean;
}
