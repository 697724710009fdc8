/**
 * The CPU as its MMU sees it: settings that never change here, what goes in, what comes out.
 *
 * CR0.WP = 1       the kernel, too, obeys RW=0
 * EFER.NXE = 1     bit 63 of an entry is NX
 * CR4.SMEP = 1     supervisor mode fetches no instruction from a user page
 * CR4.SMAP = 1     supervisor mode reads and writes no user page.  SIMPLIFIED: EFLAGS.AC is always 0, so there is no
 *                  stac/clac window as in Linux's copy_to_user().
 * CR4.PCIDE = 0, CR4.PKE = 0, CR4.LA57 = 0
 */
import type { PhysAddr } from '../include/types.ts';

/** Bits in a physical address. Frame bits of an entry above them, up to 51, are reserved. Intel's MAXPHYADDR. */
export const MAX_PHYS_BITS = 46;

/** One access of an instruction to memory. */
export interface Access {
  readonly kind: 'read' | 'write' | 'fetch';
  readonly mode: 'user' | 'supervisor';
}

/** Why an access did not happen. */
export type Fault =
  /** Page fault; `code` is made of the X86_PF_ bits. */
  | { readonly kind: 'pf'; readonly code: number }
  /** General protection: the address is not canonical. It has no page-fault code. */
  | { readonly kind: 'gp' };

export type Translation = { readonly kind: 'ok'; readonly pa: PhysAddr } | Fault;
