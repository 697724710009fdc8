/** /sys/kernel/mm/transparent_hugepage. Linux: mm/huge_memory.c. */
import { PMD_SIZE } from '../../include/param.ts';
import { attribute, type PseudoDir, pseudoDir } from '../proc/generic.ts';
import type { ProcRooms } from '../proc/proc_rooms.ts';
import { choice } from './choice.ts';

export function transparentHugepageDir({ rooms: { policy } }: ProcRooms): PseudoDir {
  return pseudoDir({
    enabled: choice(
      ['always', 'madvise', 'never'],
      () => policy.thpEnabled,
      (word) => {
        policy.thpEnabled = word;
      },
    ),
    hpage_pmd_size: attribute(() => `${PMD_SIZE}\n`),
  });
}
