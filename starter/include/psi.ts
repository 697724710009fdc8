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

/** An open file of /proc/pressure. */
export interface OpenPressure {
  /** Sets a trigger: `some 150000 1000000`. @returns bytes taken, or a negative errno */
  write(text: string): number;
  /** @returns pri: the event has come, once; err: there is no trigger; none: not yet */
  poll(): 'pri' | 'err' | 'none';
  close(): void;
}

/** Whoever measures it. */
export interface PressureSource {
  pressure(resource: PsiResource): PressureReport;
  /** @param privileged  CAP_SYS_RESOURCE */
  open(resource: PsiResource, privileged: boolean): OpenPressure;
}

const NO_LINE: PressureLine = { avg10: 0, avg60: 0, avg300: 0, total: 0 };
/** Nobody has ever waited. */
export const NO_PRESSURE: PressureReport = { some: NO_LINE, full: NO_LINE };
