/**
 * The memory management unit of one CPU: the registers that say where the tables are, and the TLB in front of the walk.
 * This is hardware: Intel SDM vol. 3A, sections 4.5 and 4.10.
 *
 *     page number ──► TLB ──hit──────────────────────────► frame
 *                      │ miss, or not permitted             ▲
 *                      ▼                                    │ remembered
 *                     walk ──► #PF: the entry is forgotten, if there was one
 *
 * Invariant: an access that the TLB does not permit is walked anew, so that a right once given is found.
 */
import type { Pfn, Vpn } from '../include/types.ts';
import { FOUND, type Paging, type WalkedPage, type WordMemory, walkPage } from './page_walk.ts';
import { Tlb } from './tlb.ts';

/** What INVPCID forgets. */
export const INVPCID_ADDRESS = 0;
export const INVPCID_CONTEXT = 1;
export const INVPCID_ALL_WITH_GLOBAL = 2;
export const INVPCID_ALL = 3;
export type InvpcidType =
  | typeof INVPCID_ADDRESS
  | typeof INVPCID_CONTEXT
  | typeof INVPCID_ALL_WITH_GLOBAL
  | typeof INVPCID_ALL;

/** The root of the tables, and the name under which their translations are remembered. */
export interface Cr3 {
  /** Frame of the PGD. */
  readonly pgd: Pfn;
  /** 0 ≤ pcid < 4096. */
  readonly pcid: number;
}

export class CpuMmu {
  readonly tlb: Tlb;
  readonly #memory: WordMemory;
  readonly #paging: Paging;
  readonly #page: WalkedPage = { vpn: 0, pfn: 0, pageShift: 12, rights: 0, global: false };
  #pgd: Pfn;
  #pcid: number;
  #pge = true;

  constructor(memory: WordMemory, paging: Paging, { pgd, pcid }: Cr3) {
    this.#memory = memory;
    this.#paging = paging;
    this.#pgd = pgd;
    this.#pcid = pcid;
    this.tlb = new Tlb(paging.tlb);
  }

  get cr3(): Cr3 {
    return { pgd: this.#pgd, pcid: this.#pcid };
  }

  /**
   * One access to a page.
   * @param access  X86_PF_WRITE, _USER, _INSTR: the bits that its page fault would have
   * @returns the frame; of a page fault ~code, which is negative. Cost: no read of memory if the TLB has it, else a walk
   */
  translate(vpn: Vpn, access: number): number {
    const cached = this.tlb.lookup(vpn, this.#pcid, access);
    return cached === null ? this.#walk(vpn, access) : cached;
  }

  #walk(vpn: Vpn, access: number): number {
    const page = this.#page;
    const code = walkPage(this.#paging, this.#memory, this.#pgd, vpn, access, page);
    if (code !== FOUND) {
      this.tlb.invlpg(vpn, this.#pcid);
      return ~code;
    }
    if (!this.#pge) page.global = false;
    this.tlb.insert(page, this.#pcid);
    return page.pfn + (vpn - page.vpn);
  }

  /** MOV to CR3: what was remembered under this PCID, and is not global, is forgotten. */
  loadCr3({ pgd, pcid }: Cr3): void {
    this.#pgd = pgd;
    this.#pcid = pcid;
    this.tlb.flushPcid(pcid);
  }

  /** MOV to CR3 with bit 63 set: nothing is forgotten. */
  loadCr3NoFlush({ pgd, pcid }: Cr3): void {
    this.#pgd = pgd;
    this.#pcid = pcid;
  }

  /** CR4.PGE: whether there are global pages. A change forgets everything. */
  setPge(on: boolean): void {
    if (on !== this.#pge) this.tlb.flushAll();
    this.#pge = on;
  }

  /** Forgets a page under the present PCID, and as a global one. */
  invlpg(vpn: Vpn): void {
    this.tlb.invlpg(vpn, this.#pcid);
  }

  /** @param pcid  types 0 and 1  @param vpn  type 0 */
  invpcid(kind: InvpcidType, pcid: number, vpn: Vpn): void {
    switch (kind) {
      case INVPCID_ADDRESS:
        this.tlb.flushAddress(vpn, pcid);
        break;
      case INVPCID_CONTEXT:
        this.tlb.flushPcid(pcid);
        break;
      case INVPCID_ALL_WITH_GLOBAL:
        this.tlb.flushAll();
        break;
      case INVPCID_ALL:
        this.tlb.flushNonGlobal();
        break;
      default: {
        kind satisfies never;
      }
    }
  }
}
