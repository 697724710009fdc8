/** Levels of the kernel log. Linux: include/linux/kern_levels.h, tools: dmesg(1). */

export const KERN_EMERG = 0;
export const KERN_ALERT = 1;
export const KERN_CRIT = 2;
export const KERN_ERR = 3;
export const KERN_WARNING = 4;
export const KERN_NOTICE = 5;
export const KERN_INFO = 6;
export const KERN_DEBUG = 7;
export type LogLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Whoever keeps the log. */
export interface Printk {
  /** @param text  a line, without its end */
  printk(level: LogLevel, text: string): void;
}
