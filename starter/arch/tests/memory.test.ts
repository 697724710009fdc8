import { KernelPanic } from '../../lib/panic.ts';
import { PhysicalMemory } from '../memory.ts';

describe('PhysicalMemory', () => {
  test('keeps what is written, and junk elsewhere', () => {
    const memory = new PhysicalMemory(4);
    memory.write64(3 * 4096 + 8, 2n ** 64n - 1n);
    expect(memory.read64(3 * 4096 + 8)).toBe(2n ** 64n - 1n);
    expect(memory.read64(3 * 4096)).not.toBe(0n);
  });

  test('counts reads and writes, but not the filling of a frame', () => {
    const memory = new PhysicalMemory(4);
    memory.fillFrame(1, 7n);
    memory.write64(0, 1n);
    expect(memory.read64(4096 + 4088)).toBe(7n);
    expect([memory.reads, memory.writes]).toEqual([1, 1]);
  });

  test('answers all ones where no memory is, and loses what is written there', () => {
    const memory = new PhysicalMemory(4);
    memory.write64(4 * 4096, 1n);
    expect(memory.read64(4 * 4096)).toBe(2n ** 64n - 1n);
  });

  test('panics for what is not the address of an entry', () => {
    const memory = new PhysicalMemory(4);
    for (const pa of [4, -8, 8.5, Number.NaN]) expect(() => memory.read64(pa)).toThrow(KernelPanic);
    expect(() => memory.write64(1, 0n)).toThrow(KernelPanic);
  });
});
