/**
 * The kernel log: a ring of lines, the oldest go first. Linux: kernel/printk/printk.c; what dmesg(1) shows.
 *
 *     [   12.345678] stress invoked oom-killer: ...
 */
import { NSEC_PER_SEC, type VirtualClock } from '../arch/clock.ts';
import { KERN_INFO, type LogLevel, type Printk } from '../include/printk.ts';
import type { Ticks } from '../include/types.ts';

/** Lines that are kept. SIMPLIFIED: Linux keeps bytes (CONFIG_LOG_BUF_SHIFT). */
const LOG_LINES = 4096;

export interface LogLine {
  readonly level: LogLevel;
  readonly at: Ticks;
  readonly text: string;
}

/** As dmesg shows it: seconds and microseconds since boot. */
export function formatLogLine({ at, text }: LogLine): string {
  const seconds = String(Math.floor(at / NSEC_PER_SEC)).padStart(5);
  const micros = String(Math.floor((at % NSEC_PER_SEC) / 1000)).padStart(6, '0');
  return `[${seconds}.${micros}] ${text}`;
}

export class KernelLog implements Printk {
  readonly #clock: VirtualClock;
  readonly #lines: LogLine[] = [];
  #written = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Lines so far, those that are gone among them. */
  get written(): number {
    return this.#written;
  }

  /** The lines that are left, oldest first. */
  get lines(): readonly LogLine[] {
    const start = this.#written % LOG_LINES;
    return this.#written <= LOG_LINES
      ? [...this.#lines]
      : [...this.#lines.slice(start), ...this.#lines.slice(0, start)];
  }

  printk(level: LogLevel, text: string): void {
    this.#lines[this.#written % LOG_LINES] = { level, at: this.#clock.now, text };
    this.#written++;
  }

  info(text: string): void {
    this.printk(KERN_INFO, text);
  }

  /** dmesg --clear. */
  clear(): void {
    this.#lines.length = 0;
    this.#written = 0;
  }

  /** What dmesg(1) prints. */
  dmesg(): string {
    return this.lines.map((line) => `${formatLogLine(line)}\n`).join('');
  }
}
