/**
 * What is mounted where: /proc/mounts. Linux: fs/namespace.c, fs/proc_namespace.c.
 * SIMPLIFIED: one list for all; of what is mounted later only hugetlbfs is seen in its folder.
 */
import { EBUSY, EINVAL, ENODEV } from '../include/errno.ts';

export interface Mount {
  readonly device: string;
  /** Folder. */
  readonly dir: string;
  readonly type: string;
  readonly options: string;
}

/** File systems that may be mounted by hand, and what they say of themselves. */
const TYPES: Readonly<Record<string, string>> = {
  debugfs: 'rw,relatime',
  hugetlbfs: 'rw,relatime,pagesize=2M',
  proc: 'rw,relatime',
  sysfs: 'rw,relatime',
  tmpfs: 'rw,relatime',
};

/** File systems of which there is one, wherever it is mounted. */
const SINGLE = ['debugfs', 'proc', 'sysfs'];

const AT_BOOT: readonly Mount[] = [
  { device: '/dev/vda', dir: '/', type: 'ext4', options: 'rw,relatime' },
  { device: 'proc', dir: '/proc', type: 'proc', options: 'rw,nosuid,nodev,noexec,relatime' },
  { device: 'sysfs', dir: '/sys', type: 'sysfs', options: 'rw,nosuid,nodev,noexec,relatime' },
  { device: 'devtmpfs', dir: '/dev', type: 'devtmpfs', options: 'rw,relatime' },
  { device: 'debugfs', dir: '/sys/kernel/debug', type: 'debugfs', options: 'rw,nosuid,nodev,noexec,relatime' },
];

export class Mounts {
  #mounted = AT_BOOT;

  /** Oldest first. */
  get mounted(): readonly Mount[] {
    return this.#mounted;
  }

  /** @returns 0; -ENODEV: no such type; -EBUSY: there already */
  mount(device: string, dir: string, type: string): number {
    if (!Object.hasOwn(TYPES, type)) return -ENODEV;
    const isSame = (each: Mount): boolean => each.device === device || SINGLE.includes(type);
    if (this.#mounted.some((each) => each.dir === dir && each.type === type && isSame(each))) return -EBUSY;
    this.#mounted = [...this.#mounted, { device, dir, type, options: TYPES[type] }];
    return 0;
  }

  /** The last one that was mounted there. @returns 0; -EINVAL: there is none; -EBUSY: the machine needs it */
  umount(dir: string): number {
    const last = this.#mounted.findLastIndex((each) => each.dir === dir);
    if (last < 0) return -EINVAL;
    if (last < AT_BOOT.length) return -EBUSY;
    this.#mounted = this.#mounted.toSpliced(last, 1);
    return 0;
  }

  /** Linux: show_vfsmnt(). */
  show(): string {
    return this.#mounted.map(({ device, dir, type, options }) => `${device} ${dir} ${type} ${options} 0 0\n`).join('');
  }
}
