/** The flags of a mapping in words, as /proc/PID/smaps shows them. Linux: fs/proc/task_mmu.c, show_smap_vma_flags(). */
import {
  VM_ACCOUNT,
  VM_DONTCOPY,
  VM_DONTDUMP,
  VM_DONTEXPAND,
  VM_EXEC,
  VM_GROWSDOWN,
  VM_HUGEPAGE,
  VM_HUGETLB,
  VM_IO,
  VM_LOCKED,
  VM_LOCKONFAULT,
  VM_MAYBE_GUARD,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_NOHUGEPAGE,
  VM_NORESERVE,
  VM_PFNMAP,
  VM_RAND_READ,
  VM_READ,
  VM_SEALED,
  VM_SEQ_READ,
  VM_SHARED,
  VM_WIPEONFORK,
  VM_WRITE,
} from '../../include/mm_types.ts';

/** In the order they are shown: that of their bits in Linux. */
const MNEMONICS: readonly (readonly [flag: number, mnemonic: string])[] = [
  [VM_READ, 'rd'],
  [VM_WRITE, 'wr'],
  [VM_EXEC, 'ex'],
  [VM_SHARED, 'sh'],
  [VM_MAYREAD, 'mr'],
  [VM_MAYWRITE, 'mw'],
  [VM_MAYEXEC, 'me'],
  [VM_MAYSHARE, 'ms'],
  [VM_GROWSDOWN, 'gd'],
  [VM_PFNMAP, 'pf'],
  [VM_MAYBE_GUARD, 'gu'],
  [VM_LOCKED, 'lo'],
  [VM_IO, 'io'],
  [VM_SEQ_READ, 'sr'],
  [VM_RAND_READ, 'rr'],
  [VM_DONTCOPY, 'dc'],
  [VM_DONTEXPAND, 'de'],
  [VM_LOCKONFAULT, 'lf'],
  [VM_ACCOUNT, 'ac'],
  [VM_NORESERVE, 'nr'],
  [VM_HUGETLB, 'ht'],
  [VM_WIPEONFORK, 'wf'],
  [VM_DONTDUMP, 'dd'],
  [VM_MIXEDMAP, 'mm'],
  [VM_HUGEPAGE, 'hg'],
  [VM_NOHUGEPAGE, 'nh'],
  [VM_SEALED, 'sl'],
];

/** @returns `rd wr mr mw me ac`: the words after "VmFlags: ", without the space that ends the line */
export function showVmFlags(flags: number): string {
  return MNEMONICS.filter(([flag]) => flags & flag)
    .map(([, mnemonic]) => mnemonic)
    .join(' ');
}

/** `rw-p`: rights, and whether the mapping was made private or shared. Linux: show_vma_header_prefix(). */
export function showVmPerms(flags: number): string {
  const shown = (flag: number, letter: string): string => (flags & flag ? letter : '-');
  const sharing = flags & VM_MAYSHARE ? 's' : 'p';
  return shown(VM_READ, 'r') + shown(VM_WRITE, 'w') + shown(VM_EXEC, 'x') + sharing;
}
