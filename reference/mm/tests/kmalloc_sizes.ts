/** What so many bytes become, up to the largest size that has a cache. */
export const SIZE_OF_BYTES: readonly (readonly [bytes: number, size: number])[] = [
  [1, 8],
  [8, 8],
  [9, 16],
  [17, 32],
  [33, 64],
  [64, 64],
  [65, 96],
  [96, 96],
  [97, 128],
  [128, 128],
  [129, 192],
  [192, 192],
  [193, 256],
  [257, 512],
  [4097, 8192],
  [8192, 8192],
];
