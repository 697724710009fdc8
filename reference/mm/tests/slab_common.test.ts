import {
  calculateAlignment,
  calculateOrder,
  calculateSize,
  cpuPartial,
  cpuPartialSlabs,
  getOrder,
  kmallocAlign,
  kmallocSize,
  minPartial,
  objectsPerSlab,
} from '../slab_common.ts';
import { SIZE_OF_BYTES } from './kmalloc_sizes.ts';

describe('calculateOrder', () => {
  // objects / pages with 1, 2, 4 and 8 CPUs
  test.each([
    [8, '512/1', '512/1', '512/1', '512/1'],
    [64, '64/1', '64/1', '64/1', '64/1'],
    [96, '42/1', '42/1', '42/1', '42/1'],
    [192, '21/1', '21/1', '21/1', '21/1'],
    [256, '16/1', '16/1', '16/1', '32/2'],
    [512, '8/1', '16/2', '16/2', '32/4'],
    [1024, '8/2', '16/4', '16/4', '32/8'],
    [2048, '8/4', '16/8', '16/8', '16/8'],
    [4096, '8/8', '8/8', '8/8', '8/8'],
    [8192, '4/8', '4/8', '4/8', '4/8'],
    [600, '13/2', '13/2', '27/4', '27/4'],
    [1080, '15/4', '15/4', '30/8', '30/8'],
    [312, '13/1', '13/1', '26/2', '26/2'],
    [320, '12/1', '12/1', '25/2', '25/2'],
    [416, '19/2', '19/2', '19/2', '39/4'],
    [51488, '1/16', '1/16', '1/16', '1/16'],
  ])('of objects of %i bytes', (size, ...byCpus) => {
    const shown = [1, 2, 4, 8].map((cpus) => {
      const order = calculateOrder(size, cpus) ?? -1;
      return `${objectsPerSlab(order, size)}/${2 ** order}`;
    });
    expect(shown).toEqual(byCpus);
  });

  test('is null for an object larger than the largest block', () => {
    expect(calculateOrder(4 * 2 ** 20, 2)).toBe(10);
    expect(calculateOrder(4 * 2 ** 20 + 1, 2)).toBeNull();
  });
});

test.each([
  [1, 0],
  [4096, 0],
  [4097, 1],
  [8192, 1],
  [8193, 2],
])('getOrder of %i bytes is %i', (bytes, order) => {
  expect(getOrder(bytes)).toBe(order);
});

test.each([
  [16, 16],
  [17, 32],
  [32, 32],
  [33, 64],
  [320, 64],
])('calculateAlignment of an object of %i bytes on a cache line is %i', (size, align) => {
  expect(calculateAlignment(true, 0, size)).toBe(align);
  expect(calculateAlignment(false, 0, size)).toBe(8);
  expect(calculateAlignment(true, 128, size)).toBe(128);
});

test('calculateSize keeps the free pointer inside, or adds it', () => {
  expect(calculateSize(20, 8, 'inside')).toBe(24);
  expect(calculateSize(20, 8, 'after')).toBe(32);
  expect(calculateSize(264, 64, 'after')).toBe(320);
});

test('kmallocAlign is the largest power of two that divides the size', () => {
  expect([8, 96, 192, 4096].map(kmallocAlign)).toEqual([8, 32, 64, 4096]);
});

test.each([[0, null], ...SIZE_OF_BYTES, [8193, null]] as const)('kmallocSize of %i bytes is %p', (bytes, size) => {
  expect(kmallocSize(bytes)).toBe(size);
});

test('minPartial is half the logarithm of the size, between 5 and 10', () => {
  expect([8, 2048, 4096, 51488, 2 ** 22].map(minPartial)).toEqual([5, 5, 6, 7, 10]);
});

test('cpuPartial is less for larger objects', () => {
  expect([8, 255, 256, 1023, 1024, 4095, 4096].map(cpuPartial)).toEqual([120, 120, 52, 52, 24, 24, 6]);
  expect(cpuPartialSlabs(120, 512)).toBe(1);
  expect(cpuPartialSlabs(6, 8)).toBe(2);
});
