/** /sys/kernel/mm/hugepages and the same of a node: the pool of huge pages. Linux: mm/hugetlb_sysfs.c. */
import type { HugetlbReport } from '../../include/hugetlb_report.ts';
import { attribute, type PseudoDir, type PseudoFile, pseudoDir } from '../proc/generic.ts';
import type { ProcRooms } from '../proc/proc_rooms.ts';
import { count } from './choice.ts';

/** @param nid  of one node; null: of the machine */
export function hugepagesDir({ booted: { system } }: ProcRooms, nid: number | null): PseudoDir {
  const { hugetlb } = system.huge;
  const figure = (field: keyof HugetlbReport): number => hugetlb.report(nid)[field];
  const shown = (field: keyof HugetlbReport): PseudoFile => attribute(() => `${figure(field)}\n`);
  const resize = (wanted: number): number => {
    hugetlb.setMaxHugePages(wanted, nid);
    return 0;
  };
  const overcommit = (wanted: number): number => {
    hugetlb.nrOvercommit = wanted;
    return 0;
  };
  const files = {
    free_hugepages: shown('free'),
    nr_hugepages: count(() => figure('total'), resize),
    surplus_hugepages: shown('surp'),
  };
  const ofMachine = {
    nr_overcommit_hugepages: count(() => hugetlb.nrOvercommit, overcommit),
    resv_hugepages: shown('rsvd'),
  };
  return pseudoDir({ 'hugepages-2048kB': pseudoDir(nid === null ? { ...files, ...ofMachine } : files) });
}
