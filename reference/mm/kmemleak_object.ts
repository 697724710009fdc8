/** What is known of a piece of the kernel's memory. Linux: mm/kmemleak.c, struct kmemleak_object. */
import type { PhysAddr, Pid, Ticks } from '../include/types.ts';

/** minCount: it needs no reference; it is not looked at. */
export const GRAY = 0;
export const BLACK = -1;
/** A bit of `flags`: it has been told as a leak. */
export const OBJECT_REPORTED = 1 << 1;

export interface LeakObject {
  readonly start: PhysAddr;
  /** Bytes. */
  readonly size: number;
  /** Who asked, when, and in which functions, the innermost first. */
  readonly comm: string;
  readonly pid: Pid;
  readonly at: Ticks;
  readonly callers: readonly string[];
  /** References that it needs; or GRAY, BLACK. */
  minCount: number;
  /** References that the last scan found. */
  count: number;
  flags: number;
  /** Of what it held at the last scan that found it white. */
  checksum: number;
  /** Where it may hold pointers; null: everywhere. */
  areas: { readonly offset: number; readonly bytes: number }[] | null;
}

/** Linux: color_white(). */
export const isWhite = ({ minCount, count }: LeakObject): boolean => minCount !== BLACK && count < minCount;
/** Linux: color_gray(). */
export const isGray = ({ minCount, count }: LeakObject): boolean => minCount !== BLACK && count >= minCount;
