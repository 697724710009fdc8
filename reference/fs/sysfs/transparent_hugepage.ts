/** /sys/kernel/mm/transparent_hugepage. Linux: mm/huge_memory.c, mm/khugepaged.c, mm/shmem.c. */
import { EINVAL } from '../../include/errno.ts';
import { PAGE_SIZE, PMD_SIZE } from '../../include/param.ts';
import type { Khugepaged } from '../../mm/khugepaged.ts';
import { DEFRAG_MODES, type KhugepagedSettings, type ThpSettings } from '../../mm/thp_settings.ts';
import { attribute, type PseudoDir, type PseudoFile, type PseudoNode, pseudoDir } from '../proc/generic.ts';
import type { ProcRooms } from '../proc/proc_rooms.ts';
import { choice, count } from './choice.ts';

const UINT_MAX = 2 ** 32 - 1;
const MAX_PTES = PMD_SIZE / PAGE_SIZE - 1;
const SHMEM_WORDS = ['always', 'within_size', 'advise', 'never', 'deny', 'force'] as const;

/** Numbers of khugepaged: file, field, least and most. */
const KHUGEPAGED: readonly (readonly [file: string, field: keyof KhugepagedSettings, min: number, max: number])[] = [
  ['alloc_sleep_millisecs', 'allocSleepMillisecs', 0, UINT_MAX],
  ['max_ptes_none', 'maxPtesNone', 0, MAX_PTES],
  ['max_ptes_shared', 'maxPtesShared', 0, MAX_PTES],
  ['max_ptes_swap', 'maxPtesSwap', 0, MAX_PTES],
  ['pages_to_scan', 'pagesToScan', 1, UINT_MAX],
  ['scan_sleep_millisecs', 'scanSleepMillisecs', 0, UINT_MAX],
];

export function transparentHugepageDir({ rooms: { policy, khugepaged }, booted: { system } }: ProcRooms): PseudoDir {
  const enabled = choice(
    ['always', 'madvise', 'never'],
    () => policy.thpEnabled,
    (word) => {
      policy.thpEnabled = word;
      return 0;
    },
  );
  const size = attribute(() => `${PMD_SIZE}\n`);
  return pseudoDir({ enabled, hpage_pmd_size: size, ...settings(system.huge.thp, khugepaged) });
}

function settings(thp: ThpSettings, khugepaged: Khugepaged): Record<string, PseudoNode> {
  return {
    defrag: choice(
      DEFRAG_MODES,
      () => thp.defrag,
      (word) => {
        thp.defrag = word;
        return 0;
      },
    ),
    khugepaged: khugepagedDir(thp.khugepaged, khugepaged),
    // SIMPLIFIED: memory files have small pages only.
    shmem_enabled: choice(
      SHMEM_WORDS,
      () => 'never',
      (word) => (word === 'never' ? 0 : -EINVAL),
    ),
    shrink_underused: bit(
      () => thp.shrinkUnderused,
      (value) => {
        thp.shrinkUnderused = value;
      },
    ),
    use_zero_page: bit(
      () => thp.useZeroPage,
      (value) => {
        thp.useZeroPage = value;
      },
    ),
  };
}

function khugepagedDir(settings: KhugepagedSettings, done: Khugepaged): PseudoDir {
  const numbers = KHUGEPAGED.map(([file, field, min, max]): [string, PseudoFile] => {
    const set = (value: number): number => {
      if (value < min || value > max) return -EINVAL;
      if (field !== 'defrag') settings[field] = value;
      return 0;
    };
    return [file, count(() => settings[field], set)];
  });
  const defrag = bit(
    () => settings.defrag,
    (value) => {
      settings.defrag = value;
    },
  );
  const counts = {
    full_scans: attribute(() => `${done.fullScans}\n`),
    pages_collapsed: attribute(() => `${done.pagesCollapsed}\n`),
  };
  return pseudoDir({ defrag, ...counts, ...Object.fromEntries(numbers) });
}

/** 0 or 1. Linux: single_hugepage_flag_store(). */
function bit(now: () => 0 | 1, set: (value: 0 | 1) => void): PseudoFile {
  return count(now, (value) => {
    if (value !== 0 && value !== 1) return -EINVAL;
    set(value);
    return 0;
  });
}
