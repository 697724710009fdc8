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

  test('gives the words of a frame, low half first; they are the frame itself', () => {
    const memory = new PhysicalMemory(4);
    const words = memory.frameWords(2);
    memory.write64(2 * 4096 + 16, 0x8000_0000_0000_0067n);
    expect([words[4], words[5]]).toEqual([0x67, 0x8000_0000]);
    words[5] = 1;
    expect(memory.read64(2 * 4096 + 16)).toBe(0x1_0000_0067n);
    memory.clearFrame(2);
    expect(memory.frameWords(2)).toBe(words);
    expect(words[4]).toBe(0);
  });

  test('frames of zeroes do not share what is written to them', () => {
    const memory = new PhysicalMemory(4);
    memory.clearFrame(0);
    memory.clearFrame(1);
    memory.writeByte(4095, 7);
    expect([memory.readByte(4095), memory.readByte(4096 + 4095), memory.read64(4096)]).toEqual([7, 0, 0n]);
    memory.write64(4096, 5n);
    expect(memory.read64(0)).toBe(0n);
    memory.clearFrame(0);
    expect(memory.readByte(4095)).toBe(0);
  });

  test('copies a frame, be it of zeroes or of junk', () => {
    const memory = new PhysicalMemory(4);
    memory.writeByte(8, 1);
    memory.copyFrame(1, 0);
    expect(memory.readByte(4096 + 8)).toBe(1);
    memory.clearFrame(0);
    memory.copyFrame(1, 0);
    expect(memory.readByte(4096 + 8)).toBe(0);
    memory.copyFrame(1, 3);
    expect(memory.read64(4096)).toBe(memory.read64(3 * 4096));
    expect(memory.read64(4096)).not.toBe(0n);
  });
});
