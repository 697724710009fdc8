import type { ProgramMemory } from '../../../include/program_memory.ts';
import { Kernel } from '../../../init/kernel.ts';
import { programMemory } from '../../../init/program_memory.ts';
import { machine } from '../../../init/tests/machines.ts';
import { Malloc } from '../malloc.ts';

const KIB = 1024;

/** The first process, and what it asks the kernel for. */
function program() {
  const memory = programMemory(Kernel.boot(machine(4096, 1)), 1);
  const calls: string[] = [];
  const watched: ProgramMemory = {
    ...memory,
    brk(end) {
      const before = memory.brk(0);
      if (end !== 0) calls.push(`brk ${(end - before) / KIB}`);
      return memory.brk(end);
    },
    mmap(bytes) {
      calls.push(`mmap ${bytes / KIB}`);
      return memory.mmap(bytes);
    },
    munmap(start, bytes) {
      calls.push(`munmap ${bytes / KIB}`);
      memory.munmap(start, bytes);
    },
  };
  return { malloc: new Malloc(watched), calls, memory };
}

describe('malloc', () => {
  test('the first piece makes a heap of 132 KiB; the next ones lie behind it', () => {
    const { malloc, calls } = program();
    const pieces = [1, 24, 25, 40].map((bytes) => malloc.malloc(bytes) ?? 0);
    expect(pieces.map((piece) => piece - malloc.heap.start)).toEqual([16, 48, 80, 128]);
    expect(calls).toEqual(['brk 132']);
  });

  test('pieces have at least what was asked for: 24, 40, 56, .. bytes', () => {
    const { malloc } = program();
    expect([0, 1, 24, 25, 40, 41].map((bytes) => malloc.usableSize(malloc.malloc(bytes) ?? 0))).toEqual([
      24, 24, 24, 40, 40, 56,
    ]);
  });

  test('128 KiB and above get a mapping of their own, below come from the heap', () => {
    const { malloc, calls } = program();
    malloc.malloc(128 * KIB - 25);
    expect(calls).toEqual(['brk 260']);
    malloc.malloc(128 * KIB - 8);
    expect(calls).toEqual(['brk 260', 'mmap 132']);
  });

  test('a large piece that is given back raises the limit', () => {
    const { malloc, calls } = program();
    const large = malloc.malloc(1024 * KIB) ?? 0;
    expect(malloc.free(large)).toBeNull();
    expect([malloc.mmapThreshold, calls]).toEqual([1028 * KIB, ['mmap 1028', 'munmap 1028']]);
    malloc.malloc(1024 * KIB);
    expect(calls.at(-1)).toBe('brk 1156');
  });

  test('free neighbours become one, and are used again', () => {
    const { malloc } = program();
    const [a, b, c] = [40, 40, 40].map((bytes) => malloc.malloc(bytes) ?? 0);
    malloc.malloc(40);
    for (const piece of [a, c, b]) expect(malloc.free(piece)).toBeNull();
    expect(malloc.malloc(128)).toBe(a);
  });

  test('what is free at the end of the heap goes back when it is much', () => {
    const { malloc, calls } = program();
    const pieces = [1, 2, 3, 4].map(() => malloc.malloc(100 * KIB) ?? 0);
    for (const piece of pieces.toReversed()) malloc.free(piece);
    expect(calls.filter((call) => call.startsWith('brk -')).length).toBeGreaterThan(0);
    expect(malloc.heap.end - malloc.heap.start).toBeLessThanOrEqual(256 * KIB);
  });

  test('what was never had, or was given back, is not free to give', () => {
    const { malloc, memory } = program();
    const a = malloc.malloc(40) ?? 0;
    expect(malloc.free(0)).toBeNull();
    expect(malloc.free(a + 8)).toBe('free(): invalid pointer');
    expect(malloc.free(a)).toBeNull();
    expect(malloc.free(a)).toBe('free(): double free detected');
    const b = malloc.malloc(40) ?? 0;
    memory.store(b - 8, 0xff);
    expect(malloc.free(b)).toBe('free(): invalid size');
  });

  test('calloc gives zeroes, realloc takes what was there along', () => {
    const { malloc, memory } = program();
    const dirty = malloc.malloc(40) ?? 0;
    memory.store(dirty + 7, 9);
    malloc.malloc(40);
    malloc.free(dirty);
    const clean = malloc.calloc(5, 8) ?? 0;
    expect([clean, memory.load(clean + 7)]).toEqual([dirty, 0]);
    memory.store(clean + 39, 5);
    expect(malloc.realloc(clean, 30)).toBe(clean);
    const moved = malloc.realloc(clean, 100) ?? 0;
    expect([moved === clean, memory.load(moved + 39)]).toEqual([false, 5]);
  });
});
