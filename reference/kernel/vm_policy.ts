/** How the machine treats address spaces: what sysctls say, and how much memory there is. Linux: mm/util.c, mm/mmap.c. */
import type { VendorQuirks } from '../include/kernel.ts';
import type { MmMachine } from '../include/mm_types.ts';
import type { Sysctls } from './sysctl.ts';

/** What is known elsewhere, as it is now. */
export interface MemorySizes {
  readonly totalramPages: number;
  /** In the pool of huge pages. */
  readonly hugetlbPages: number;
  readonly totalSwapPages: number;
}

const MIB = 2 ** 20;
const INT_MAX = 2 ** 31 - 1;

export class VmPolicy implements MmMachine {
  readonly #sizes: MemorySizes;
  overcommitMemory: 0 | 1 | 2 = 0;
  overcommitRatio = 50;
  adminReserveKbytes: number;
  userReserveKbytes: number;
  maxMapCount = 65530;
  mmapMinAddr = 65536;
  stackGuardGap = MIB;
  thpEnabled: MmMachine['thpEnabled'];
  readonly maybeGuard: boolean;
  readonly faultAroundMakesTable?: 'insideFile';
  /** kernel.randomize_va_space. */
  randomizeVaSpace: 0 | 1 | 2 = 2;

  /** @param freePages  at boot: the reserves are parts of it. Linux: init_admin_reserve(), init_user_reserve() */
  constructor(sizes: MemorySizes, freePages: number, thpEnabled: MmMachine['thpEnabled'], quirks: VendorQuirks) {
    this.#sizes = sizes;
    const freeKbytes = freePages * 4;
    this.adminReserveKbytes = Math.min(Math.floor(freeKbytes / 32), 8192);
    this.userReserveKbytes = Math.min(Math.floor(freeKbytes / 32), 131072);
    this.thpEnabled = thpEnabled;
    this.maybeGuard = quirks.maybeGuard;
    if (quirks.faultAroundMakesTable !== undefined) this.faultAroundMakesTable = quirks.faultAroundMakesTable;
  }

  get totalramPages(): number {
    return this.#sizes.totalramPages;
  }

  get hugetlbPages(): number {
    return this.#sizes.hugetlbPages;
  }

  get totalSwapPages(): number {
    return this.#sizes.totalSwapPages;
  }

  register(sysctls: Sysctls): void {
    const plain = [
      ['vm.overcommit_ratio', 'overcommitRatio', 0],
      ['vm.admin_reserve_kbytes', 'adminReserveKbytes', 0],
      ['vm.user_reserve_kbytes', 'userReserveKbytes', 0],
      ['vm.max_map_count', 'maxMapCount', 0],
      ['vm.mmap_min_addr', 'mmapMinAddr', 0],
    ] as const;
    for (const [name, field, min] of plain) {
      sysctls.register(name, {
        min,
        max: INT_MAX,
        read: () => this[field],
        write: (value) => {
          this[field] = value;
          return 0;
        },
      });
    }
    sysctls.register('vm.overcommit_memory', {
      min: 0,
      max: 2,
      read: () => this.overcommitMemory,
      write: (value) => {
        this.overcommitMemory = value === 0 ? 0 : value === 1 ? 1 : 2;
        return 0;
      },
    });
    sysctls.register('kernel.randomize_va_space', {
      min: 0,
      max: 2,
      read: () => this.randomizeVaSpace,
      write: (value) => {
        this.randomizeVaSpace = value === 0 ? 0 : value === 1 ? 1 : 2;
        return 0;
      },
    });
  }
}
