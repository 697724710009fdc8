import { VirtualClock } from '../../arch/clock.ts';
import { PhysicalMemory } from '../../arch/memory.ts';
import { EINVAL, EPERM } from '../../include/errno.ts';
import { GFP_KERNEL } from '../../include/gfp.ts';
import { smallMachine } from '../../include/machine.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Printk } from '../../include/printk.ts';
import { DEFAULT_SLAB_CONFIG } from '../../include/slab.ts';
import type { PhysAddr } from '../../include/types.ts';
import { PageAllocator } from '../alloc_pages.ts';
import { Kmalloc } from '../kmalloc.ts';
import { Kmemleak } from '../kmemleak.ts';
import { KmemleakFile } from '../kmemleak_file.ts';
import { MemMap } from '../mem_map.ts';
import { Slub } from '../slub.ts';
import { directMap } from '../slub_freelist.ts';
import { VmStat } from '../vm_stat.ts';

const SECOND = 1e9;

/** A kernel's own memory, with one page of data that is always looked through. */
class Room {
  readonly clock = new VirtualClock();
  readonly memory = new PhysicalMemory(512);
  readonly lines: string[] = [];
  readonly kmalloc: Kmalloc;
  readonly kmemleak: Kmemleak;
  readonly file: KmemleakFile;
  readonly data: PhysAddr;

  constructor() {
    const pages = new PageAllocator(smallMachine(512), new MemMap(512), new VmStat(1));
    const slub = new Slub(this.memory, pages, DEFAULT_SLAB_CONFIG);
    this.kmalloc = new Kmalloc(slub, DEFAULT_SLAB_CONFIG);
    const log: Printk = { printk: (_, text) => void this.lines.push(text) };
    const current = () => ({ comm: 'insmod', pid: 42 });
    this.kmemleak = new Kmemleak({ clock: this.clock, memory: this.memory, log, current });
    this.file = new KmemleakFile(this.kmemleak, this.clock, log);
    slub.leaks = this.kmemleak;
    const page = pages.allocPages(GFP_KERNEL, 0) ?? -1;
    this.memory.clearFrame(page);
    this.data = page * PAGE_SIZE;
    this.kmemleak.addRoot(this.data, PAGE_SIZE);
  }

  /** Memory of zeroes. */
  alloc(bytes: number): PhysAddr {
    const object = this.kmemleak.calledBy(['leaky_init'], () => this.kmalloc.kmalloc(bytes, GFP_KERNEL)) ?? -1;
    for (let at = object; at < object + bytes; at++) this.memory.writeByte(at, 0);
    return object;
  }

  /** Writes the kernel's address of an object. @param at  a multiple of 8 */
  point(at: PhysAddr, object: PhysAddr): void {
    this.memory.write64(at, directMap(object));
  }

  /** Two scans, far enough apart and from all that has happened. */
  scanTwice(): number {
    this.clock.advance(6 * SECOND);
    return this.kmemleak.scan() + this.kmemleak.scan();
  }

  get leaks(): readonly PhysAddr[] {
    return this.kmemleak.leaks.map(({ start }) => start);
  }
}

describe('a scan', () => {
  test('an object is found by an address in data, in another object, and anywhere inside it', () => {
    const room = new Room();
    const [a, b, c] = [64, 64, 64].map((bytes) => room.alloc(bytes));
    room.point(room.data + 8, a);
    room.point(a + 16, b + 63);
    expect(room.scanTwice()).toBe(1);
    expect(room.leaks).toEqual([c]);
    expect(room.lines).toEqual(['kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)']);
  });

  test('objects that only know each other are lost', () => {
    const room = new Room();
    const [a, b] = [room.alloc(32), room.alloc(32)];
    room.point(a, b);
    room.point(b, a);
    expect(room.scanTwice()).toBe(2);
  });

  test('an address one behind an object is none of it', () => {
    const room = new Room();
    const a = room.alloc(64);
    room.point(room.data, a + 64);
    expect(room.scanTwice()).toBe(1);
  });

  test('an object does not count for itself', () => {
    const room = new Room();
    const a = room.alloc(64);
    room.point(a + 8, a);
    expect(room.scanTwice()).toBe(1);
  });

  test('a new object is spared once, for what it holds is new; one that changes is spared as long as it does', () => {
    const room = new Room();
    const a = room.alloc(64);
    room.clock.advance(6 * SECOND);
    room.memory.writeByte(a, 1);
    expect([room.kmemleak.scan(), room.leaks]).toEqual([0, []]);
    room.memory.writeByte(a, 2);
    expect(room.kmemleak.scan()).toBe(0);
    expect([room.kmemleak.scan(), room.leaks]).toEqual([1, [a]]);
  });

  test('what one that has changed points to is spared with it', () => {
    const room = new Room();
    const [a, b] = [room.alloc(64), room.alloc(64)];
    room.point(a, b);
    room.scanTwice();
    room.point(a + 8, b);
    room.kmemleak.scan();
    expect(room.leaks).toEqual([]);
    room.kmemleak.scan();
    expect(room.leaks).toEqual([a, b]);
  });

  test('nothing younger than five seconds is told', () => {
    const room = new Room();
    room.memory.writeByte(room.alloc(64), 1);
    room.clock.advance(5 * SECOND - 1);
    expect(room.kmemleak.scan() + room.kmemleak.scan()).toBe(0);
    room.clock.advance(1);
    expect(room.kmemleak.scan()).toBe(1);
  });

  test('is told once; what is freed or found again is no leak', () => {
    const room = new Room();
    const [a, b] = [room.alloc(64), room.alloc(5 * PAGE_SIZE)];
    room.memory.writeByte(a, 1);
    room.memory.writeByte(b, 1);
    expect(room.scanTwice()).toBe(2);
    room.kmalloc.kfree(b);
    room.point(room.data, a);
    expect([room.kmemleak.scan(), room.leaks]).toEqual([0, []]);
  });

  test('colours: gray is looked through, black is not, and only where one says', () => {
    const room = new Room();
    const [gray, black, part, byGray, byBlack, seen, unseen] = [64, 64, 64, 96, 96, 96, 96].map((bytes) =>
      room.alloc(bytes),
    );
    room.kmemleak.notLeak(gray);
    room.kmemleak.ignore(black);
    room.kmemleak.notLeak(part);
    room.kmemleak.scanArea(part, 0, 8);
    room.point(gray, byGray);
    room.point(black, byBlack);
    room.point(part, seen);
    room.point(part + 8, unseen);
    expect(room.scanTwice()).toBe(2);
    expect(room.leaks).toEqual([byBlack, unseen]);
  });
});

describe('the file', () => {
  test('shows what it is, who asked for it and what it holds', () => {
    const room = new Room();
    room.clock.advance(SECOND);
    const a = room.alloc(24);
    room.memory.write64(a, 0x6f6c6c6568n);
    room.scanTwice();
    expect(room.file.read().split('\n')).toEqual([
      `unreferenced object 0x${directMap(a).toString(16)} (size 32):`,
      '  comm "insmod", pid 42, jiffies 4294892546',
      '  hex dump (first 32 bytes):',
      '    68 65 6c 6c 6f 00 00 00 00 00 00 00 00 00 00 00  hello...........',
      expect.stringMatching(/^ {4}([0-9a-f]{2} ){16} .{16}$/),
      expect.stringMatching(/^ {2}backtrace \(crc [0-9a-f]+\):$/),
      expect.stringMatching(/^ {4}\[<ffffffff81[0-9a-f]{6}>\] leaky_init\+0x[0-9a-f]+\/0x[0-9a-f]+$/),
      '',
    ]);
  });

  test('scan, clear: what is known is forgiven', () => {
    const room = new Room();
    room.memory.writeByte(room.alloc(64), 1);
    room.clock.advance(6 * SECOND);
    expect([room.file.write('scan\n'), room.file.write('scan\n')]).toEqual([0, 0]);
    expect(room.file.read()).not.toBe('');
    expect(room.file.write('clear\n')).toBe(0);
    expect([room.kmemleak.scan(), room.file.read()]).toEqual([0, '']);
  });

  test('scans a minute after boot, then every ten; scan=N: every N seconds; scan=off: never', () => {
    const room = new Room();
    room.file.start();
    room.memory.writeByte(room.alloc(64), 1);
    const scans = (seconds: number): number => {
      let count = 0;
      const scan = room.kmemleak.scan.bind(room.kmemleak);
      room.kmemleak.scan = () => {
        count++;
        return scan();
      };
      room.clock.advance(seconds * SECOND);
      room.kmemleak.scan = scan;
      return count;
    };
    expect([scans(59.9), scans(0.2), scans(599), scans(1)]).toEqual([0, 1, 0, 1]);
    expect([room.file.write('scan=10'), scans(30)]).toEqual([0, 4]);
    expect([room.file.write('scan=off'), scans(2000)]).toEqual([0, 0]);
    expect([room.file.write('scan=0'), scans(2000)]).toEqual([0, 0]);
  });

  test('stacks count unless one says otherwise', () => {
    const room = new Room();
    const a = room.alloc(64);
    const stack = room.alloc(256);
    room.kmemleak.ignore(stack);
    room.kmemleak.addRoot(stack, 256, 'stack');
    room.point(stack + 128, a);
    expect(room.scanTwice()).toBe(0);
    expect(room.file.write('stack=off')).toBe(0);
    expect(room.scanTwice()).toBe(1);
    expect(room.file.write('stack=on')).toBe(0);
    room.kmemleak.scan();
    expect(room.leaks).toEqual([]);
    room.kmemleak.removeRoot(stack);
    room.kmemleak.scan();
    expect(room.leaks).toEqual([a]);
  });

  test('dump=ADDRESS tells of any object, by any address in it', () => {
    const room = new Room();
    const a = room.alloc(64);
    expect(room.file.write(`dump=0x${directMap(a + 5).toString(16)}\n`)).toBe(0);
    expect(room.lines.slice(0, 4)).toEqual([
      `kmemleak: Object 0x${directMap(a).toString(16)} (size 64):`,
      'kmemleak:   comm "insmod", pid 42, jiffies 4294892296',
      'kmemleak:   min_count = 1',
      'kmemleak:   count = 0',
    ]);
    expect(room.file.write('dump=0x1000')).toBe(-EINVAL);
    expect(room.lines.at(-1)).toBe('kmemleak: Unknown object at 0x00001000');
  });

  test.each(['', 'sca', 'scan=often', 'dump=x', 'stack=maybe', 'help'])('"%s" is refused', (text) => {
    expect(new Room().file.write(text)).toBe(-EINVAL);
  });

  test('off is for good: then it can only be cleared', () => {
    const room = new Room();
    room.alloc(64);
    expect(room.file.write('off')).toBe(0);
    expect([room.file.write('scan'), room.file.write('scan=on')]).toEqual([-EPERM, -EPERM]);
    room.alloc(64);
    expect([...room.kmemleak.objects]).toHaveLength(1);
    expect(room.file.write('clear')).toBe(0);
    expect([...room.kmemleak.objects]).toEqual([]);
  });
});
