/**
 * What every page cache must obey: whatever is written, read, made safe, dropped, truncated and forgotten, a reader sees what
 * was written last; and after the power has gone, what was made safe.
 */
import { ENOENT } from '../include/errno.ts';
import { PAGE_SIZE } from '../include/param.ts';

/** An implementation, as these laws use it: files by number, in whole pages. Errors are negative. */
export interface CachedFiles {
  /** Fills a page with a byte; the file grows if need be. @returns 0 or an error */
  write(file: number, page: number, fill: number): number;
  /** @returns the bytes of a page that the file has, all the same; or an error; -ENOENT: beyond its end */
  read(file: number, page: number): number;
  /** @returns 0 or an error */
  truncate(file: number, pages: number): number;
  fsync(file: number): number;
  /** All caches give back what they can. */
  dropCaches(): void;
  /** Lets this much time pass. */
  wait(seconds: number): void;
  /** Panics if a structure is damaged. */
  validate(): void;
  /** The power goes and comes back. @returns the same files, as they are then */
  reboot(): CachedFiles;
}

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

const FILES = 3;
const PAGES = 24;

/** A page, by the bytes it may hold after a crash: the last is what it holds now. */
type Versions = number[];
/** A file, by page. */
interface Model {
  readonly pages: Versions[];
  /** The power may bring this size back, or any later one. */
  safePages: number;
}

/**
 * Plays random calls, then lets the power go.
 * @returns null if the laws hold; else the first call after which they do not, and which one
 */
export function breaksPageCacheLaw(files: CachedFiles, random: Random, calls: number): string | null {
  const model: Model[] = Array.from({ length: FILES }, () => ({ pages: [], safePages: 0 }));
  for (let i = 0; i < calls; i++) {
    const file = random(FILES);
    const broken = anyCall(files, model[file], file, random);
    files.validate();
    if (broken !== null) return `call ${i}: ${broken}`;
  }
  const after = files.reboot();
  after.validate();
  for (const [file, { pages, safePages }] of model.entries()) {
    const broken = brokenAfterCrash(after, file, pages, safePages);
    if (broken !== null) return `after the power went: ${broken}`;
  }
  return null;
}

function anyCall(files: CachedFiles, model: Model, file: number, random: Random): string | null {
  const page = random(PAGES);
  switch (random(8)) {
    case 0:
      return fsyncs(files, model, file);
    case 1:
      files.dropCaches();
      return null;
    case 2:
      files.wait(random(40));
      return null;
    case 3:
      return truncates(files, model, file, page);
    case 4:
    case 5:
      return reads(files, model, file, page);
    default:
      return writes(files, model, file, page, 1 + random(250));
  }
}

function writes(files: CachedFiles, { pages }: Model, file: number, page: number, fill: number): string | null {
  const result = files.write(file, page, fill);
  while (pages.length <= page) pages.push([0]);
  pages[page].push(fill);
  return result === 0 ? null : `writing page ${page} of file ${file} returned ${result}`;
}

function reads(files: CachedFiles, { pages }: Model, file: number, page: number): string | null {
  const wanted = pages[page]?.at(-1) ?? -ENOENT;
  const got = files.read(file, page);
  return got === wanted ? null : `page ${page} of file ${file} holds ${got}, not ${wanted}`;
}

function truncates(files: CachedFiles, model: Model, file: number, pages: number): string | null {
  const result = files.truncate(file, pages);
  model.pages.length = Math.min(model.pages.length, pages);
  while (model.pages.length < pages) model.pages.push([0]);
  model.safePages = pages;
  return result === 0 ? null : `making file ${file} ${pages} pages long returned ${result}`;
}

function fsyncs(files: CachedFiles, model: Model, file: number): string | null {
  const result = files.fsync(file);
  for (const versions of model.pages) versions.splice(0, versions.length - 1);
  model.safePages = model.pages.length;
  return result === 0 ? null : `fsync of file ${file} returned ${result}`;
}

function brokenAfterCrash(files: CachedFiles, file: number, pages: readonly Versions[], safe: number): string | null {
  for (const [page, versions] of pages.entries()) {
    const got = files.read(file, page);
    const isLost = got === -ENOENT && page >= safe;
    if (!isLost && !versions.includes(got)) {
      return `page ${page} of file ${file} holds ${got}, which is older than its last fsync, or was never written`;
    }
  }
  const beyond = files.read(file, pages.length);
  return beyond === -ENOENT ? null : `file ${file} has a page ${pages.length}, which it has lost`;
}

/**
 * A file is read in order, page by page, and then here and there, from disk.
 * @param requests  the disk's own count: requests and pages that a run of the function reads
 * @param reader  of a file of `pages` pages, none of them in memory
 * @returns null; or the budget that was broken
 */
export function breaksReadaheadBudget(
  pages: number,
  reader: () => (page: number) => void,
  requests: (run: () => void) => { readonly requests: number; readonly pages: number },
): string | null {
  const inOrder = reader();
  const ordered = requests(() => {
    for (let page = 0; page < pages; page++) inOrder(page);
  });
  const most = Math.floor(pages / ((128 * 1024) / PAGE_SIZE)) + 4;
  if (ordered.requests > most) return `${pages} pages in order took ${ordered.requests} requests, not ${most}`;
  if (ordered.pages !== pages) return `${pages} pages in order made the disk read ${ordered.pages}`;
  const anywhere = reader();
  // From the end to the start in steps of three: nothing follows anything.
  const places = Array.from({ length: Math.floor((pages - 1) / 3) }, (_, i) => pages - 1 - 3 * i).filter(
    (at) => at > 0,
  );
  const scattered = requests(() => places.forEach(anywhere));
  if (scattered.pages === places.length) return null;
  return `${places.length} pages here and there made the disk read ${scattered.pages}`;
}
