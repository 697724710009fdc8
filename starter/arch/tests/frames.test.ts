import { KernelPanic } from '../../lib/panic.ts';
import { TableFrames } from '../frames.ts';
import { PhysicalMemory } from '../memory.ts';

describe('TableFrames', () => {
  test('hands out its frames in order, full of zeroes, then null', () => {
    const memory = new PhysicalMemory(8);
    const frames = new TableFrames(memory, [5, 2]);
    expect([frames.allocTable(), frames.allocTable(), frames.allocTable()]).toEqual([5, 2, null]);
    expect(memory.read64(5 * 4096 + 4088)).toBe(0n);
    expect(frames.live).toBe(2);
  });

  test('fills a freed frame with junk, and hands it out again full of zeroes', () => {
    const memory = new PhysicalMemory(8);
    const frames = new TableFrames(memory, [5]);
    frames.allocTable();
    frames.freeTable(5);
    expect(memory.read64(5 * 4096)).not.toBe(0n);
    expect([frames.isLive(5), frames.allocTable(), frames.isLive(5)]).toEqual([false, 5, true]);
    expect(memory.read64(5 * 4096)).toBe(0n);
  });

  test('panics when a frame is freed twice, or was never handed out', () => {
    const frames = new TableFrames(new PhysicalMemory(8), [5]);
    frames.allocTable();
    frames.freeTable(5);
    expect(() => frames.freeTable(5)).toThrow(KernelPanic);
    expect(() => frames.freeTable(6)).toThrow(KernelPanic);
  });
});
