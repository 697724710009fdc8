/** The words of the recordings for rights, flags and advice, as numbers of the kernel. */
import { GraderError } from '../errors.ts';
import type { Kernel } from './kernel.ts';

/** @param text  `rw-` */
export function protOf(kernel: Kernel, text: string): number {
  const { PROT_READ, PROT_WRITE, PROT_EXEC } = kernel['include/mman'];
  const bits = { r: PROT_READ, w: PROT_WRITE, x: PROT_EXEC, '-': 0 } as const;
  return [...text].reduce((prot, letter) => prot | wordOf(bits, letter), 0);
}

/** @param text  `PRIVATE|ANON|FIXED`; NOTYPE: neither private nor shared */
export function mapFlagsOf(kernel: Kernel, text: string): number {
  const m = kernel['include/mman'];
  return joined(text, {
    NOTYPE: 0,
    PRIVATE: m.MAP_PRIVATE,
    SHARED: m.MAP_SHARED,
    ANON: m.MAP_ANONYMOUS,
    FIXED: m.MAP_FIXED,
    FIXED_NOREPLACE: m.MAP_FIXED_NOREPLACE,
    NORESERVE: m.MAP_NORESERVE,
    GROWSDOWN: m.MAP_GROWSDOWN,
    POPULATE: m.MAP_POPULATE,
    LOCKED: m.MAP_LOCKED,
    STACK: m.MAP_STACK,
    HUGETLB: m.MAP_HUGETLB,
    '32BIT': m.MAP_32BIT,
  });
}

/** @param text  `MAYMOVE|FIXED`; BAD64: a flag that does not exist */
export function mremapFlagsOf(kernel: Kernel, text: string): number {
  const m = kernel['include/mman'];
  return joined(text, {
    MAYMOVE: m.MREMAP_MAYMOVE,
    FIXED: m.MREMAP_FIXED,
    DONTUNMAP: m.MREMAP_DONTUNMAP,
    BAD64: 64,
  });
}

/** @param text  `ONFAULT` */
export function mlockFlagsOf(kernel: Kernel, text: string): number {
  return joined(text, { ONFAULT: kernel['include/mman'].MLOCK_ONFAULT });
}

/** @param text  `DONTNEED`, or a number that stands for no advice */
export function adviceOf(kernel: Kernel, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const values = new Map<string, number | object>(Object.entries(kernel['include/mman']));
  const advice = values.get(`MADV_${text}`);
  if (typeof advice !== 'number') throw unknownWord(text);
  return advice;
}

function joined(text: string, words: Readonly<Record<string, number>>): number {
  return text.split('|').reduce((flags, word) => (word === '' ? flags : flags | wordOf(words, word)), 0);
}

function wordOf(words: Readonly<Record<string, number>>, word: string): number {
  const value = Object.hasOwn(words, word) ? words[word] : undefined;
  if (value === undefined) throw unknownWord(word);
  return value;
}

function unknownWord(word: string): GraderError {
  return new GraderError('RECORDING_INVALID', `The recording uses the word "${word}", which the replay does not know.`);
}
