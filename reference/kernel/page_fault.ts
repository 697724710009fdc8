/** What a page fault brings a process: its page, or a signal. Linux: arch/x86/mm/fault.c, exc_page_fault(). */
import { BUS_ADRERR, SEGV_ACCERR, SEGV_MAPERR, SIGBUS, SIGSEGV, type Siginfo } from '../include/kernel.ts';
import { X86_PF_PROT, X86_PF_WRITE } from '../include/pgtable_types.ts';
import { KERN_WARNING, type Printk } from '../include/printk.ts';
import type { UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { doUserAddrFault } from '../mm/fault.ts';
import type { MmStruct } from '../mm/mm_struct.ts';
import { KILLED_BY_KERNEL } from './oom.ts';
import type { Process } from './process.ts';

/**
 * Handles a fault in the user half.
 * @param code  X86_PF_ bits
 * @returns null: try again; else the signal that it brings
 * A process that finds no memory tries again, unless it is to die. Linux: pagefault_out_of_memory().
 */
export function excPageFault(log: Printk, process: Process, addr: UserAddr, code: number): Siginfo | null {
  const { mm, pid } = process;
  if (mm === null) panic(`page_fault: process ${pid} has ended, but faults`);
  const write = (code & X86_PF_WRITE) !== 0;
  // The page is there, and it was no write: it must not be read, or not be run.
  if (!write && code & X86_PF_PROT) return badArea(mm, addr);
  const result = doUserAddrFault(mm, addr, write);
  if (process.isKilled) return KILLED_BY_KERNEL;
  switch (result) {
    case 'ok':
      return null;
    case 'SEGV_MAPERR':
      return { signo: SIGSEGV, code: SEGV_MAPERR, addr };
    case 'SEGV_ACCERR':
      return { signo: SIGSEGV, code: SEGV_ACCERR, addr };
    case 'BUS_ADRERR':
      return { signo: SIGBUS, code: BUS_ADRERR, addr };
    case 'OOM':
      log.printk(KERN_WARNING, 'Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF');
      return null;
    default:
      return panic('page_fault: a fault ended as none can');
  }
}

function badArea(mm: MmStruct, addr: UserAddr): Siginfo {
  return { signo: SIGSEGV, code: mm.vmaLookup(addr) === null ? SEGV_MAPERR : SEGV_ACCERR, addr };
}
