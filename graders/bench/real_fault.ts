/**
 * What a minor fault costs on this machine, by Node alone: fresh memory is touched page by page, then once more. The first
 * sweep has the faults, the second all the rest. How many faults there were, the system itself has counted.
 */

/** Large enough that malloc asks the system for fresh pages each time. */
const BYTES = 64 * 2 ** 20;
const PAGE_BYTES = 4096;

export interface RealFault {
  readonly faults: number;
  readonly nsPerFault: number;
}

/** @returns null where faults are not counted, or pages are larger: then a fault is not what it is in the simulator */
export function measureRealFault(): RealFault | null {
  const memory = Buffer.allocUnsafeSlow(BYTES);
  const faultsBefore = process.resourceUsage().minorPageFault;
  const fresh = sweep(memory);
  const faults = process.resourceUsage().minorPageFault - faultsBefore;
  const known = sweep(memory);
  const pages = BYTES / PAGE_BYTES;
  if (faults < pages / 2) return null;
  return { faults, nsPerFault: (fresh - known) / faults };
}

/** Writes a byte of each page. @returns nanoseconds */
function sweep(memory: Buffer): number {
  const start = process.hrtime.bigint();
  for (let at = 0; at < memory.length; at += PAGE_BYTES) memory[at] = 1;
  return Number(process.hrtime.bigint() - start);
}

/** The median of several. */
export function medianRealFault(times: number): RealFault | null {
  const measured = Array.from({ length: times }, measureRealFault).filter((each) => each !== null);
  const sorted = measured.sort((a, b) => a.nsPerFault - b.nsPerFault);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
