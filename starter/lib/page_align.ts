/** Rounding to pages. Linux: include/linux/mm.h. */
import { PAGE_SIZE } from '../include/param.ts';

/** Whole pages, in bytes, that hold so many bytes. Linux: PAGE_ALIGN(), which wraps to 0 at 2^64 as this does. */
export function pageAlign(bytes: number): number {
  const aligned = Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;
  return aligned >= 2 ** 64 ? 0 : aligned;
}
