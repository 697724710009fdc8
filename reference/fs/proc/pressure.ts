/** The text of /proc/pressure/*. Linux: kernel/sched/psi.c, psi_show(). */
import type { PressureLine, PressureReport } from '../../include/psi.ts';

/** Linux: LOAD_INT(), LOAD_FRAC(). @param load  times 2048 */
export function loadText(load: number): string {
  const hundredths = Math.floor(((load % 2048) * 100) / 2048);
  return `${Math.floor(load / 2048)}.${String(hundredths).padStart(2, '0')}`;
}

export function psiShow({ some, full }: PressureReport): string {
  return `some ${lineShow(some)}full ${lineShow(full)}`;
}

function lineShow({ avg10, avg60, avg300, total }: PressureLine): string {
  return `avg10=${loadText(avg10)} avg60=${loadText(avg60)} avg300=${loadText(avg300)} total=${total}\n`;
}
