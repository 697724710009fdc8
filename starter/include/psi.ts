/** Pressure: how much time tasks lose because something is short. Linux: include/linux/psi.h, /proc/pressure. */

export const PSI_RESOURCES = ['cpu', 'io', 'memory'] as const;
export type PsiResource = (typeof PSI_RESOURCES)[number];

/** One line. */
export interface PressureLine {
  /** Of the last 10, 60 and 300 seconds: per cent of the time, times 2048. */
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  /** Microseconds since boot. */
  readonly total: number;
}

/** A file of /proc/pressure. */
export interface PressureReport {
  /** At least one task waited. */
  readonly some: PressureLine;
  /** All that had something to do waited. */
  readonly full: PressureLine;
}

/** Whoever measures it. */
export interface PressureSource {
  pressure(resource: PsiResource): PressureReport;
}

const NO_LINE: PressureLine = { avg10: 0, avg60: 0, avg300: 0, total: 0 };
/** Nobody has ever waited. */
export const NO_PRESSURE: PressureReport = { some: NO_LINE, full: NO_LINE };
