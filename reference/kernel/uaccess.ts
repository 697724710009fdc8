/**
 * Processes read, write and fetch bytes: TLB, walk, page fault, and again. Linux: arch/x86/mm/fault.c (exc_page_fault()),
 * lib/usercopy.c.
 *
 *     address ──► CPU's MMU ──hit──► frame ──► byte
 *                   │ #PF                ▲
 *                   ▼                    │ again
 *                 handler ──ok───────────┘
 *                   └──► SIGSEGV, SIGBUS
 *
 * SIMPLIFIED: the kernel's copies to and from a process go by the process's own rights.
 */
import type { CpuMmu } from '../arch/cpu_mmu.ts';
import type { PhysicalMemory } from '../arch/memory.ts';
import { SEGV_MAPERR, SI_KERNEL, SIGSEGV, type Siginfo } from '../include/kernel.ts';
import { PAGE_SIZE } from '../include/param.ts';
import { X86_PF_INSTR, X86_PF_USER, X86_PF_WRITE } from '../include/pgtable_types.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './sched.ts';

/** Faults that one access may take before it is plain that nothing gets better. */
const MOST_FAULTS = 8;

const READ = X86_PF_USER;
const WRITE = X86_PF_USER | X86_PF_WRITE;
const FETCH = X86_PF_USER | X86_PF_INSTR;

/** Who handles page faults. @returns null: try again; else the signal */
export type FaultHandler = (process: Process, addr: UserAddr, code: number) => Siginfo | null;

/** An address outside the user half: nothing is there; between the halves it is not even an address (#GP). */
function outside(addr: UserAddr): Siginfo {
  const canonical = addr < 2 ** 47 || addr >= 2 ** 64 - 2 ** 47;
  return canonical ? { signo: SIGSEGV, code: SEGV_MAPERR, addr } : { signo: SIGSEGV, code: SI_KERNEL, addr: 0 };
}

/** No page: what the process gets. */
function isSignal(result: Pfn | Siginfo): result is Siginfo {
  return typeof result !== 'number';
}

export class UserMemory {
  readonly #memory: PhysicalMemory;
  readonly #mmus: readonly CpuMmu[];
  readonly #sched: Scheduler;
  readonly #handle: FaultHandler;

  constructor(memory: PhysicalMemory, mmus: readonly CpuMmu[], sched: Scheduler, handle: FaultHandler) {
    this.#memory = memory;
    this.#mmus = mmus;
    this.#sched = sched;
    this.#handle = handle;
  }

  /** @returns the byte at an address, or the signal that reading it brings */
  load(process: Process, addr: UserAddr): number | Siginfo {
    const pfn = this.#page(process, addr, READ);
    return isSignal(pfn) ? pfn : this.#memory.readByte(pfn * PAGE_SIZE + (addr % PAGE_SIZE));
  }

  /** @param value  0 .. 255. @returns null, or the signal that writing brings */
  store(process: Process, addr: UserAddr, value: number): Siginfo | null {
    const pfn = this.#page(process, addr, WRITE);
    if (isSignal(pfn)) return pfn;
    this.#memory.writeByte(pfn * PAGE_SIZE + (addr % PAGE_SIZE), value);
    return null;
  }

  /** The process runs the instruction at an address. @returns its first byte, or the signal that fetching it brings */
  fetch(process: Process, addr: UserAddr): number | Siginfo {
    const pfn = this.#page(process, addr, FETCH);
    return isSignal(pfn) ? pfn : this.#memory.readByte(pfn * PAGE_SIZE + (addr % PAGE_SIZE));
  }

  /** @returns the bytes, as many as could be read. Linux: copy_from_user() */
  copyFrom(process: Process, addr: UserAddr, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const page = this.#page(process, addr + done, READ);
      if (isSignal(page)) return bytes.subarray(0, done);
      const part = this.#part(page, addr + done, length - done);
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  }

  /** @returns how many bytes could be written. Linux: copy_to_user(), which returns the rest */
  copyTo(process: Process, addr: UserAddr, bytes: Uint8Array): number {
    let done = 0;
    while (done < bytes.length) {
      const page = this.#page(process, addr + done, WRITE);
      if (isSignal(page)) return done;
      const part = this.#part(page, addr + done, bytes.length - done);
      part.set(bytes.subarray(done, done + part.length));
      done += part.length;
    }
    return done;
  }

  /** What of a frame lies behind an address, `most` bytes at most. */
  #part(pfn: Pfn, addr: UserAddr, most: number): Uint8Array {
    const { buffer, byteOffset } = this.#memory.frameWords(pfn);
    const offset = addr % PAGE_SIZE;
    return new Uint8Array(buffer, byteOffset + offset, Math.min(PAGE_SIZE - offset, most));
  }

  /** The frame behind an address, after the faults it takes. */
  #page(process: Process, addr: UserAddr, access: number): Pfn | Siginfo {
    if (!(addr >= 0 && addr < (process.mm?.taskSize ?? 0))) return outside(addr);
    const vpn = Math.floor(addr / PAGE_SIZE);
    for (let faults = 0; faults < MOST_FAULTS; faults++) {
      this.#sched.run(process);
      const found = this.#mmus[process.cpu].translate(vpn, access);
      if (found >= 0) return found;
      const signal = this.#handle(process, addr, ~found);
      if (signal !== null) return signal;
    }
    panic(`uaccess: process ${process.pid} faults at ${addr} again and again`);
  }
}
