/** The files of /proc/sys. Linux: fs/proc/proc_sysctl.c; kernel/sysctl.c, proc_dointvec_minmax(). */
import { EACCES, EINVAL, EPERM } from '../../include/errno.ts';
import type { PageAllocator } from '../../mm/alloc_pages.ts';
import { attribute, type PseudoDir, type PseudoFile, type PseudoNode, pseudoDir } from './generic.ts';
import type { ProcRooms } from './proc_rooms.ts';

/** Writing does something, and there is nothing to read. */
const WRITE_ONLY: readonly string[] = ['vm.drop_caches', 'vm.compact_memory'];
/** Of zone Device, in vm.lowmem_reserve_ratio. */
const DEVICE_RATIO = 0;

/**
 * The numbers of a text, at most so many; what comes behind them is not looked at. They stand in tens, or with 0 or 0x
 * in front in eights or sixteens. Linux: __do_proc_dointvec(), proc_get_long().
 * @returns -EINVAL: there is none, or something else
 */
export function procGetLongs(text: string, most: number): readonly number[] | number {
  const words = text.split(/[ \t\n]+/).filter((word) => word !== '');
  const numbers: number[] = [];
  for (const word of words.slice(0, most)) {
    const [, sign, digits] = /^(-?)(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i.exec(word) ?? [];
    if (digits === undefined) return -EINVAL;
    const isOctal = /^0\d/.test(digits);
    numbers.push((sign === '-' ? -1 : 1) * (isOctal ? Number.parseInt(digits, 8) : Number(digits)));
  }
  return numbers.length === 0 ? -EINVAL : numbers;
}

/** Whatever the kernel has registered, and a few that are no single numbers. */
export function procSysDir(machine: ProcRooms): PseudoDir {
  const { sysctls } = machine.rooms;
  const files: (readonly [name: string, node: PseudoNode])[] = [
    ...sysctls.names.map((name): [string, PseudoNode] => [name, numberFile(machine, name)]),
    ['vm.lowmem_reserve_ratio', lowmemReserveRatio(machine.booted.pages)],
    ['vm.numa_zonelist_order', numaZonelistOrder()],
    ...kernelTexts(machine),
  ];
  return asTree(files);
}

/** Dots separate folders. */
function asTree(files: readonly (readonly [name: string, node: PseudoNode])[]): PseudoDir {
  const folders = new Map<string, [string, PseudoNode][]>();
  for (const [name, node] of files) {
    const dot = name.indexOf('.');
    const [folder, rest] = [name.slice(0, dot), name.slice(dot + 1)];
    folders.set(folder, [...(folders.get(folder) ?? []), [rest, node]]);
  }
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
  const sorted = [...folders].sort(byName).map(([folder, nodes]): [string, PseudoNode] => {
    const below = nodes.some(([name]) => name.includes('.')) ? asTree(nodes) : null;
    return [folder, below ?? pseudoDir(Object.fromEntries(nodes.sort(byName)))];
  });
  return pseudoDir(Object.fromEntries(sorted));
}

function numberFile({ rooms: { sysctls } }: ProcRooms, name: string): PseudoFile {
  const isWriteOnly = WRITE_ONLY.includes(name);
  return {
    ...{ kind: 'file', mode: isWriteOnly ? 0o200 : 0o644, uid: 0, strict: true, bytes: null },
    read: () => (isWriteOnly ? -EACCES : `${sysctls.read(name) ?? ''}\n`),
    write(text, writer) {
      if (text === '') return 0;
      const numbers = procGetLongs(text, 1);
      if (typeof numbers === 'number') return numbers;
      if (name === 'vm.mmap_min_addr' && !writer.owner.capable.sysRawio) return -EPERM;
      return sysctls.write(name, numbers[0]);
    },
  };
}

/** One number for each zone. What is not written stays. Linux: lowmem_reserve_ratio_sysctl_handler(). */
function lowmemReserveRatio(pages: PageAllocator): PseudoFile {
  return attribute(
    () => `${[...pages.sysctls.lowmemReserveRatio, DEVICE_RATIO].join('\t')}\n`,
    (text) => {
      const before = pages.sysctls.lowmemReserveRatio;
      const numbers = procGetLongs(text, before.length + 1);
      if (typeof numbers === 'number') return numbers;
      pages.setSysctls({ lowmemReserveRatio: before.map((ratio, zone) => Math.max(numbers[zone] ?? ratio, 0)) });
      return 0;
    },
  );
}

/** There is one order since 4.14. Linux: numa_zonelist_order_handler(). */
function numaZonelistOrder(): PseudoFile {
  return attribute(
    () => 'Node\n',
    (text) => (/^[dn]/i.test(text.trim()) ? 0 : -EINVAL),
  );
}

/** What uname(2) tells. */
export const UTS = {
  ostype: 'Linux',
  hostname: 'osgrade',
  osrelease: '6.18.0-osgrade',
  version: '#1 SMP PREEMPT_DYNAMIC',
} as const;

function kernelTexts({ rooms: { pids }, booted: { pages } }: ProcRooms): [string, PseudoNode][] {
  const texts = Object.entries(UTS).map(([name, text]): [string, PseudoNode] => [
    `kernel.${name}`,
    attribute(() => `${text}\n`),
  ]);
  return [
    ...texts,
    ['kernel.pid_max', attribute(() => `${pids.pidMax}\n`)],
    ['kernel.ngroups_max', attribute(() => '65536\n')],
    ['kernel.cap_last_cap', attribute(() => '40\n')],
    ['kernel.threads-max', attribute(() => `${Math.floor(pages.totalPages / 32)}\n`)],
  ];
}
