/** What a page fault brings a process: its page, or a signal. Linux: arch/x86/mm/fault.c, exc_page_fault(). */
import {
  BUS_ADRERR,
  SEGV_ACCERR,
  SEGV_MAPERR,
  SI_KERNEL,
  SIGBUS,
  SIGKILL,
  SIGSEGV,
  type Siginfo,
} from '../include/kernel.ts';
import { X86_PF_PROT, X86_PF_WRITE } from '../include/pgtable_types.ts';
import type { UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { doUserAddrFault } from '../mm/fault.ts';
import type { MmStruct } from '../mm/mm_struct.ts';
import type { Process } from './process.ts';

/**
 * Handles a fault in the user half.
 * @param code  X86_PF_ bits
 * @returns null: try again; else the signal that it brings
 * SIMPLIFIED: a process that finds no memory is killed itself, as with vm.oom_kill_allocating_task.
 */
export function excPageFault({ mm, pid }: Process, addr: UserAddr, code: number): Siginfo | null {
  if (mm === null) panic(`page_fault: process ${pid} has ended, but faults`);
  const write = (code & X86_PF_WRITE) !== 0;
  // The page is there, and it was no write: it must not be read, or not be run.
  if (!write && code & X86_PF_PROT) return badArea(mm, addr);
  switch (doUserAddrFault(mm, addr, write)) {
    case 'ok':
      return null;
    case 'SEGV_MAPERR':
      return { signo: SIGSEGV, code: SEGV_MAPERR, addr };
    case 'SEGV_ACCERR':
      return { signo: SIGSEGV, code: SEGV_ACCERR, addr };
    case 'BUS_ADRERR':
      return { signo: SIGBUS, code: BUS_ADRERR, addr };
    case 'OOM':
      return { signo: SIGKILL, code: SI_KERNEL, addr: 0 };
    default:
      return panic('page_fault: a fault ended as none can');
  }
}

function badArea(mm: MmStruct, addr: UserAddr): Siginfo {
  return { signo: SIGSEGV, code: mm.vmaLookup(addr) === null ? SEGV_MAPERR : SEGV_ACCERR, addr };
}
