/** /sys/kernel/mm/hugepages and the same of a node: the pool of huge pages. Linux: mm/hugetlb_sysfs.c. */
import { type HugetlbReport, NO_HUGETLB } from '../../include/hugetlb_report.ts';
import { attribute, type PseudoDir, type PseudoFile, pseudoDir } from '../proc/generic.ts';
import type { ProcRooms } from '../proc/proc_rooms.ts';

/** @param nid  of one node; null: of the machine. A name in vm. that the kernel has can be written here too */
export function hugepagesDir(machine: ProcRooms, nid: number | null): PseudoDir {
  const count = (field: keyof HugetlbReport): PseudoFile =>
    attribute(() => `${(machine.hugetlb?.report(nid) ?? NO_HUGETLB)[field]}\n`);
  const files = { free_hugepages: count('free'), nr_hugepages: count('total'), surplus_hugepages: count('surp') };
  const size = pseudoDir(nid === null ? { ...files, resv_hugepages: count('rsvd') } : files);
  return pseudoDir({ 'hugepages-2048kB': size });
}
