/** /sys/kernel/debug/kmemleak: its text, what may be written to it, and the task that scans. Linux: mm/kmemleak.c. */
import { NSEC_PER_SEC, type VirtualClock } from '../arch/clock.ts';
import { EINVAL, EPERM } from '../include/errno.ts';
import { KERN_NOTICE, type Printk } from '../include/printk.ts';
import type { Ticks } from '../include/types.ts';
import { crc32 } from '../lib/crc32.ts';
import type { Kmemleak } from './kmemleak.ts';
import type { LeakObject } from './kmemleak_object.ts';
import { DIRECT_MAP_HIGH, directMap } from './slub_freelist.ts';

const FIRST_SCAN_NS: Ticks = 60 * NSEC_PER_SEC;
const SCAN_WAIT_NS: Ticks = 600 * NSEC_PER_SEC;
const JIFFY_NS = 4_000_000;
/** Linux lets them overflow five minutes after boot, so that whoever cannot stand it is found out. */
const INITIAL_JIFFIES = 2 ** 32 - 300 * 250;
/** Bytes of an object that are shown, and bytes of a line. */
const HEX_BYTES = 32;
const HEX_ROW = 16;
const KERNEL_TEXT = 0xffffffff81000000n;

const hex = (value: number): string => value.toString(16).padStart(2, '0');

/** Sixteen bytes and what they are as text. Linux: hex_dump_to_buffer(). */
function hexRow(bytes: Uint8Array): string {
  const numbers = [...bytes]
    .map(hex)
    .join(' ')
    .padEnd(HEX_ROW * 3 + 1);
  const text = [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  return `    ${numbers}${text}`;
}

/**
 * SIMPLIFIED: functions lie nowhere; their address and size are made from their names.
 * @param caller  `function`, or `function [module]`
 */
function symbol(caller: string): string {
  const [name = '', module = ''] = caller.split(/(?= )/);
  const sum = crc32(Uint8Array.from(name, (char) => char.charCodeAt(0)));
  const size = 0x40 + (sum & 0x1f0);
  const offset = 5 + ((sum >>> 9) % (size - 8));
  const address = KERNEL_TEXT + BigInt((sum & 0xfffff0) + offset);
  return `    [<${address.toString(16)}>] ${name}+0x${offset.toString(16)}/0x${size.toString(16)}${module}`;
}

const jiffiesOf = (at: Ticks): number => INITIAL_JIFFIES + Math.floor(at / JIFFY_NS);
const pointerOf = ({ start }: LeakObject): string => directMap(start).toString(16);

export class KmemleakFile {
  readonly kmemleak: Kmemleak;
  readonly #clock: VirtualClock;
  readonly #log: Printk;
  #waitNs = SCAN_WAIT_NS;
  /** Which run of the task is the present one; an earlier one's timer is void. */
  #run = 0;

  constructor(kmemleak: Kmemleak, clock: VirtualClock, log: Printk) {
    this.kmemleak = kmemleak;
    this.#clock = clock;
    this.#log = log;
  }

  /** The task that scans begins: after a minute, then every ten. */
  start(): void {
    this.#startThread(FIRST_SCAN_NS);
  }

  /** All leaks that are known. Linux: kmemleak_seq_show(). */
  read(): string {
    return this.kmemleak.leaks.map((object) => `${this.#unreferenced(object).join('\n')}\n`).join('');
  }

  /**
   * scan | clear | off | stack=on|off | scan=on|off|SECONDS | dump=ADDRESS. Linux: kmemleak_write().
   * @returns 0; -EINVAL: none of these; -EPERM: it has been switched off
   */
  write(text: string): number {
    const { kmemleak } = this;
    if (text.startsWith('clear')) {
      kmemleak.clear();
      return 0;
    }
    if (!kmemleak.enabled) return -EPERM;
    if (text.startsWith('off')) {
      kmemleak.disable();
      this.#run++;
    } else if (text.startsWith('stack=on')) kmemleak.stackScan = true;
    else if (text.startsWith('stack=off')) kmemleak.stackScan = false;
    else if (text.startsWith('scan=')) return this.#scanEvery(text.slice('scan='.length).trim());
    else if (text.startsWith('scan')) kmemleak.scan();
    else if (text.startsWith('dump=')) return this.#dump(text.slice('dump='.length).trim());
    else return -EINVAL;
    return 0;
  }

  #scanEvery(value: string): number {
    if (value.startsWith('on')) this.#startThread(0);
    else if (value.startsWith('off')) this.#run++;
    else if (/^(0x[0-9a-f]+|\d+)$/i.test(value)) {
      this.#run++;
      this.#waitNs = Number(value) * NSEC_PER_SEC;
      if (this.#waitNs > 0) this.#startThread(0);
    } else return -EINVAL;
    return 0;
  }

  #startThread(wait: Ticks): void {
    const run = ++this.#run;
    const scan = (): void => {
      if (run !== this.#run) return;
      this.kmemleak.scan();
      this.#clock.schedule(this.#clock.now + this.#waitNs, scan);
    };
    this.#clock.schedule(this.#clock.now + wait, scan);
  }

  /** Linux: print_unreferenced(). */
  #unreferenced(object: LeakObject): string[] {
    const { size, comm, pid, at, checksum, callers } = object;
    const bytes = this.kmemleak.bytesOf(object, HEX_BYTES);
    const rows: string[] = [];
    for (let i = 0; i < bytes.length; i += HEX_ROW) rows.push(hexRow(bytes.subarray(i, i + HEX_ROW)));
    return [
      `unreferenced object 0x${pointerOf(object)} (size ${size}):`,
      `  comm "${comm}", pid ${pid}, jiffies ${jiffiesOf(at)}`,
      `  hex dump (first ${bytes.length} bytes):`,
      ...rows,
      `  backtrace (crc ${checksum.toString(16)}):`,
      ...callers.map(symbol),
    ];
  }

  /** Linux: dump_str_object_info(). */
  #dump(address: string): number {
    if (!/^(0x[0-9a-f]+|\d+)$/i.test(address)) return -EINVAL;
    const wanted = BigInt(address) - (BigInt(DIRECT_MAP_HIGH) << 32n);
    const object = wanted >= 0n ? this.kmemleak.find(Number(wanted)) : null;
    const say = (line: string): void => this.#log.printk(KERN_NOTICE, `kmemleak: ${line}`);
    if (object === null) {
      say(`Unknown object at 0x${BigInt(address).toString(16).padStart(8, '0')}`);
      return -EINVAL;
    }
    say(`Object 0x${pointerOf(object)} (size ${object.size}):`);
    say(`  comm "${object.comm}", pid ${object.pid}, jiffies ${jiffiesOf(object.at)}`);
    say(`  min_count = ${object.minCount}`);
    say(`  count = ${object.count}`);
    say(`  flags = 0x${(object.flags | 1).toString(16)}`);
    say(`  checksum = ${object.checksum}`);
    say('  backtrace:');
    for (const caller of object.callers) say(symbol(caller));
    return 0;
  }
}
