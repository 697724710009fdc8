/** System calls as they were recorded, done on an address space of the reference kernel. */
import { z } from 'zod';
import type { Kernel } from './kernel.ts';
import { adviceOf, mapFlagsOf, mlockFlagsOf, mremapFlagsOf, protOf } from './words.ts';

export type Mm = import('../../reference/mm/mm_struct.ts').MmStruct;
export type VmFile = import('../../starter/include/mm_types.ts').VmFile;

/** Bytes, or a count; above 2^53 a hex string. */
export const Bytes = z.union([z.number(), z.string().regex(/^0x[0-9a-f]+$/)]).transform(Number);
export const range = { addr: Bytes, len: Bytes };

/** The calls that all recordings know. Where the flags of one are always the same, they are not written down. */
export const SystemCall = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('mmap'),
    ...range,
    prot: z.string(),
    flags: z.string(),
    fd: z.string().optional(),
    off: Bytes.optional(),
  }),
  z.object({ op: z.literal('munmap'), ...range }),
  z.object({ op: z.literal('mprotect'), ...range, prot: z.string() }),
  z.object({
    op: z.literal('mremap'),
    addr: Bytes,
    olen: Bytes,
    nlen: Bytes,
    flags: z.string().default('MAYMOVE|FIXED'),
    new: Bytes.optional(),
  }),
  z.object({ op: z.literal('madvise'), ...range, advice: z.string() }),
  z.object({ op: z.literal('mlock'), ...range }),
  z.object({ op: z.literal('mlock2'), ...range, flags: z.string().default('ONFAULT') }),
  z.object({ op: z.literal('munlock'), ...range }),
  z.object({ op: z.literal('mseal'), ...range }),
]);
export type SystemCall = z.infer<typeof SystemCall>;

/** What calls act on. */
export interface Target {
  readonly kernel: Kernel;
  readonly mm: Mm;
  /** Bytes added to every recorded address. */
  readonly base: number;
  /** The open files, by name. */
  readonly files: ReadonlyMap<string, VmFile>;
  /** Makes the file behind shared anonymous memory. */
  readonly newShmem: (sizePages: number) => VmFile;
}

/** @returns what the kernel returns: 0, an address (with `base` in it), or a negative errno */
export function systemCall(target: Target, call: SystemCall): number {
  const { kernel, mm, base, files } = target;
  const addr = call.addr + base;
  switch (call.op) {
    case 'mmap': {
      const file = files.get(call.fd ?? '') ?? null;
      const [prot, flags] = [protOf(kernel, call.prot), mapFlagsOf(kernel, call.flags)];
      const request = { addr, len: call.len, prot, flags, file, offset: call.off ?? 0 };
      return kernel['mm/mmap'].doMmap(mm, request, target.newShmem);
    }
    case 'munmap':
      return kernel['mm/vma_munmap'].doMunmap(mm, addr, call.len);
    case 'mprotect':
      return kernel['mm/mprotect'].doMprotect(mm, addr, call.len, protOf(kernel, call.prot));
    case 'mremap': {
      const flags = mremapFlagsOf(kernel, call.flags);
      const newAddr = call.new === undefined ? 0 : call.new + base;
      return kernel['mm/mremap'].doMremap(mm, { addr, oldLen: call.olen, newLen: call.nlen, flags, newAddr });
    }
    case 'madvise':
      return kernel['mm/madvise'].doMadvise(mm, addr, call.len, adviceOf(kernel, call.advice));
    case 'mlock':
      return kernel['mm/mlock'].doMlock(mm, addr, call.len, 0);
    case 'mlock2':
      return kernel['mm/mlock'].doMlock(mm, addr, call.len, mlockFlagsOf(kernel, call.flags));
    case 'munlock':
      return kernel['mm/mlock'].doMunlock(mm, addr, call.len);
    case 'mseal':
      return kernel['mm/mseal'].doMseal(mm, addr, call.len);
  }
}

/** The name of an error: `ENOMEM` for -12. */
export function errnoName(kernel: Kernel, result: number): string {
  const [name] = Object.entries(kernel['include/errno']).find(([, value]) => value === -result) ?? [];
  return name ?? `errno ${-result}`;
}
