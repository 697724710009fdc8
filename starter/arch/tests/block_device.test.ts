import { BlockDevice } from '../block_device.ts';
import { VirtualClock } from '../clock.ts';
import { PhysicalMemory } from '../memory.ts';

const SHAPE = { blocks: 16, latencyNs: 1000, nsPerBlock: 10 };

function room() {
  const clock = new VirtualClock();
  const memory = new PhysicalMemory(8);
  const transfers = { pgpgin: 0, pgpgout: 0 };
  return { clock, memory, transfers, device: new BlockDevice(clock, memory, SHAPE, transfers) };
}

describe('BlockDevice', () => {
  test('brings back what was written, zeroes elsewhere', () => {
    const { device, memory } = room();
    memory.frameWords(1).fill(7);
    memory.frameWords(2).fill(8);
    expect(device.write(4, [1, 2])).toBe(0);
    expect(device.read(5, [3, 4])).toBe(0);
    expect([memory.frameWords(3)[1023], memory.frameWords(4)[0]]).toEqual([8, 0]);
    device.discard(4);
    expect([device.peek(4)[0], device.peek(5)[0]]).toEqual([0, 8]);
  });

  test('takes time for each request and each block, one request after the other', () => {
    const { clock, device } = room();
    const ends: number[] = [];
    for (const frames of [[0, 1], [2]]) {
      device.submit({ kind: 'read', block: 0, frames, done: () => ends.push(clock.now) });
    }
    expect(device.inFlight).toBe(2);
    clock.advance(5000);
    expect([ends, device.inFlight]).toEqual([[1020, 2030], 0]);
  });

  test('counts requests, blocks and KiB', () => {
    const { device, transfers } = room();
    device.write(0, [0, 1, 2]);
    device.read(0, [3]);
    expect(device.counts).toEqual({ reads: 1, writes: 1, blocksRead: 1, blocksWritten: 3 });
    expect(transfers).toEqual({ pgpgin: 4, pgpgout: 12 });
  });

  test('writes what the frame held when it was asked to', () => {
    const { clock, device, memory } = room();
    memory.frameWords(0).fill(1);
    device.submit({ kind: 'write', block: 0, frames: [0], done: () => undefined });
    memory.frameWords(0).fill(2);
    expect(device.peek(0)[0]).toBe(0);
    clock.advance(2000);
    expect(device.peek(0)[0]).toBe(1);
  });

  test('fails when it is told to, and changes nothing then', () => {
    const { device, memory } = room();
    memory.frameWords(0).fill(1);
    device.failures = { shouldFail: () => true };
    expect([device.write(0, [0]), device.read(0, [0])]).toEqual([-5, -5]);
    expect([device.peek(0)[0], memory.frameWords(0)[0]]).toEqual([0, 1]);
  });

  test('forgets what is under way when the power goes', () => {
    const { clock, device, memory } = room();
    memory.frameWords(0).fill(1);
    const done = jest.fn();
    device.submit({ kind: 'write', block: 0, frames: [0], done });
    device.powerLoss();
    clock.advance(5000);
    expect([done.mock.calls.length, device.peek(0)[0], device.inFlight]).toEqual([0, 0, 0]);
  });

  test('panics on blocks that it does not have', () => {
    const { device } = room();
    expect(() => device.read(15, [0, 1])).toThrow('block_device: blocks 15..16 of 16');
    expect(() => device.read(0, [])).toThrow('block_device');
  });
});
