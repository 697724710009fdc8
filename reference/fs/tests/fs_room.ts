/** A machine without processes, for tests: memory, the page cache, a disk with a file system. */
import { BlockDevice } from '../../arch/block_device.ts';
import { NSEC_PER_MSEC, VirtualClock } from '../../arch/clock.ts';
import { PhysicalMemory } from '../../arch/memory.ts';
import type { FaultInjector } from '../../include/fault_inject.ts';
import { O_CREAT, O_RDWR } from '../../include/fcntl.ts';
import { DEFAULT_PAGE_SYSCTLS, smallMachine } from '../../include/machine.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { panic } from '../../lib/panic.ts';
import { Mappings } from '../../mm/address_space.ts';
import { PageAllocator } from '../../mm/alloc_pages.ts';
import { DirtyThrottle } from '../../mm/balance_dirty_pages.ts';
import type { CacheRooms } from '../../mm/cache_rooms.ts';
import { PageCache } from '../../mm/filemap.ts';
import { Filemap } from '../../mm/filemap_fault.ts';
import { Lruvecs } from '../../mm/lruvec.ts';
import { MemMap } from '../../mm/mem_map.ts';
import { Writeback } from '../../mm/page_writeback.ts';
import { Shmem } from '../../mm/shmem.ts';
import { Folios } from '../../mm/swap.ts';
import { VmStat } from '../../mm/vm_stat.ts';
import { Disk } from '../disk.ts';
import { FileSystem, type FsFile } from '../file_system.ts';
import { WbFlusher } from '../fs_writeback.ts';
import type { ObjectCache } from '../inode.ts';

/** The n-th of a kind fails, and the others do not. */
export class FailNth implements FaultInjector {
  readonly #kind: string;
  #left: number;

  constructor(kind: 'page' | 'slab' | 'read' | 'write', n: number) {
    this.#kind = kind;
    this.#left = n;
  }

  shouldFail(what: string): boolean {
    return what === this.#kind && this.#left > 0 && --this.#left === 0;
  }

  /** Whether the n-th has come. */
  get hasFailed(): boolean {
    return this.#left === 0;
  }
}

/** Objects without memory, counted. */
export class CountedObjects implements ObjectCache {
  live = 0;
  #next = 4096;
  failures: FaultInjector | null = null;

  alloc(): number | null {
    if (this.failures?.shouldFail('slab')) return null;
    this.live++;
    this.#next += 64;
    return this.#next;
  }

  free(): void {
    this.live--;
  }
}

export interface RoomShape {
  readonly frames: number;
  readonly blocks: number;
}

export class FsRoom {
  readonly rooms: CacheRooms;
  readonly cache: PageCache;
  readonly writeback: Writeback;
  readonly throttle: DirtyThrottle;
  readonly flusher: WbFlusher;
  readonly shmem: Shmem;
  readonly files: Filemap;
  readonly disk: Disk;
  readonly fs: FileSystem;
  readonly dentries = new CountedObjects();
  readonly inodes = new CountedObjects();

  readonly shape: RoomShape;

  /** @param before  the machine before the power went: its clock, memory and disk are left */
  constructor(shape: RoomShape = { frames: 1024, blocks: 4096 }, before: FsRoom | null = null) {
    this.shape = shape;
    const { frames, blocks } = shape;
    const memMap = new MemMap(frames);
    const vmstat = new VmStat(1);
    const machine = { ...smallMachine(frames), sysctls: { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 0 } };
    const pages = new PageAllocator(machine, memMap, vmstat);
    const lru = new Lruvecs(memMap, vmstat, (pfn) => pages.zoneOf(pfn));
    const memory = before?.rooms.memory ?? new PhysicalMemory(frames);
    const clock = before?.rooms.clock ?? new VirtualClock();
    this.rooms = { clock, memory, memMap, vmstat, pages, lru, folios: new Folios(lru, pages), mappedBy: null };
    this.cache = new PageCache(this.rooms, new Mappings());
    this.writeback = new Writeback(this.cache);
    this.throttle = new DirtyThrottle(this.writeback);
    this.flusher = new WbFlusher(this.writeback, this.throttle);
    this.writeback.flusher = this.flusher;
    const write = { cache: this.cache, writeback: this.writeback, throttle: this.throttle };
    this.shmem = new Shmem(this.cache);
    this.files = new Filemap(write, this.shmem);
    const speed = { blocks, latencyNs: NSEC_PER_MSEC, nsPerBlock: 10_000 };
    this.disk = before?.disk ?? new Disk(new BlockDevice(clock, memory, speed, vmstat.events));
    this.fs = new FileSystem(write, this.disk, { dentries: this.dentries, inodes: this.inodes });
  }

  /** The power goes and comes back. */
  reboot(): FsRoom {
    this.disk.powerLoss();
    this.rooms.clock.clear();
    return new FsRoom(this.shape, this);
  }

  /** Opens a file for reading and writing, made if need be. Panics on errors. */
  open(path: string, flags = O_RDWR | O_CREAT): FsFile {
    const file = this.fs.open(path, flags);
    return typeof file === 'number' ? panic(`fs_room: ${path} cannot be opened: ${file}`) : file;
  }

  /** Writes whole pages, page i full of `fill + i`. @returns what write() does */
  writePages(file: FsFile, first: number, pages: number, fill = 1): number {
    const bytes = new Uint8Array(pages * PAGE_SIZE);
    for (let i = 0; i < pages; i++) bytes.fill((fill + i) % 256, i * PAGE_SIZE, (i + 1) * PAGE_SIZE);
    return this.fs.write(file, first * PAGE_SIZE, bytes);
  }

  /** The first byte of pages; an error. */
  readPages(file: FsFile, first: number, pages: number): number[] | number {
    const bytes = this.fs.read(file, first * PAGE_SIZE, pages * PAGE_SIZE);
    if (typeof bytes === 'number') return bytes;
    return Array.from({ length: Math.ceil(bytes.length / PAGE_SIZE) }, (_, i) => bytes[i * PAGE_SIZE]);
  }

  /** A file of so many written pages, none of them in memory. */
  coldFile(path: string, pages: number): FsFile {
    const file = this.open(path);
    this.writePages(file, 0, pages);
    this.fs.fsync(file);
    for (const index of file.inode.mapping.indexesIn(0, Infinity)) {
      const pfn = this.cache.find(file.inode.mapping, index);
      if (pfn !== null) this.cache.removeFolio(pfn);
    }
    this.fs.release(file);
    return this.open(path);
  }

  /** Requests and pages that something reads. */
  readsOf(run: () => void): { requests: number; pages: number } {
    const { counts } = this.disk.device;
    const [reads, blocks] = [counts.reads, counts.blocksRead];
    run();
    return { requests: counts.reads - reads, pages: counts.blocksRead - blocks };
  }

  /** Everything that can go goes, then every frame must be free but those that were kept. @returns frames in use */
  framesInUse(): number {
    this.rooms.pages.drainAllPages();
    return this.rooms.pages.totalPages - this.rooms.pages.nrFreePages;
  }

  validate(): void {
    this.cache.validate();
    this.writeback.validate();
    this.fs.validate();
    this.rooms.lru.validate();
    this.rooms.folios.validate();
    this.rooms.pages.validate();
  }
}
