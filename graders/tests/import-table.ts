/** The import table of docs/architecture.md, and what the sources hold against it. */
import { posix } from 'node:path';
import { ts } from 'ts-morph';

/** Text of each source file, by path from the top with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

export interface ImportTable {
  /** By room, a folder or a file: the rooms it may import. */
  readonly rooms: ReadonlyMap<string, readonly string[]>;
  /** By package or module of Node: the files and folders that may import it. */
  readonly doors: ReadonlyMap<string, readonly string[]>;
}

/** Reads the tables that begin with a `Room` and with a `Package` column: names stand in back quotes, first and last cell. */
export function readTable(markdown: string): ImportTable {
  return { rooms: rowsOf(markdown, 'Room'), doors: rowsOf(markdown, 'Package') };
}

function rowsOf(markdown: string, title: string): ReadonlyMap<string, readonly string[]> {
  const rows = new Map<string, readonly string[]>();
  const [, body = ''] =
    new RegExp(`^\\| ${title}[^\\n]*\\n\\|[-:| ]+\\n((?:\\|[^\\n]*\\n)*)`, 'm').exec(markdown) ?? [];
  for (const line of body.split('\n').filter((text) => text !== '')) {
    const cells = line.split('|').slice(1, -1).map(quoted);
    for (const name of cells[0] ?? []) rows.set(name, cells.at(-1) ?? []);
  }
  return rows;
}

function quoted(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

interface Import {
  readonly from: string;
  /** A path from the top, or the name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
}

/** Every import, `require` and `import(...)` with a literal name, types included. */
function importsOf(sources: Sources): readonly Import[] {
  return [...sources].flatMap(([from, text]) =>
    ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
      if (!fileName.startsWith('.')) return { from, to: packageOf(fileName), isPackage: true };
      const to = posix.join(posix.dirname(from), fileName);
      // reference/ is laid over starter/: what it does not hold is there.
      const below = sources.has(to) ? to : to.replace(/^reference\//, 'starter/');
      return { from, to: below, isPackage: false };
    }),
  );
}

/** `tsx` of `tsx/esm/api`, `@jest/types` of itself. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

export function isTest(path: string): boolean {
  return /(^|\/)tests\//.test(path);
}

/** The same folder of starter/ for reference/, and one name for all assignments: both have one row. */
function asRoom(path: string): string {
  return path.replace(/^reference\//, 'starter/').replace(/^assignments\/[^/]+\//, 'assignments/*/');
}

function within(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`);
}

/** The row a file belongs to: the longest that fits. */
function roomOf(path: string, rooms: Iterable<string>): string | undefined {
  return [...rooms]
    .filter((room) => within(asRoom(path), room) || within(path, room))
    .sort((a, b) => b.length - a.length)[0];
}

/** What the sources do that the table does not allow, and what the table names that nothing uses; a sentence each. */
export function violations(sources: Sources, table: ImportTable): readonly string[] {
  const imports = importsOf(sources).filter(({ from }) => !isTest(from));
  const inner = imports.filter(({ isPackage }) => !isPackage);
  const outer = imports.filter(({ isPackage }) => isPackage);
  const files = [...sources.keys()].filter((path) => !isTest(path));
  const found = [
    ...inner.flatMap((one) => forbidden(one, sources, table) ?? []),
    ...outer
      .filter(({ from, to }) => !(table.doors.get(to) ?? []).some((door) => within(asRoom(from), door)))
      .map(({ from, to }) => `${from} imports ${to}, which has no door there`),
    ...unused(files, inner, outer, table),
  ];
  return [...new Set(found)];
}

function forbidden({ from, to }: Import, sources: Sources, { rooms }: ImportTable): string | undefined {
  const room = roomOf(from, rooms.keys());
  if (room === undefined) return `${from} is in no room of the table`;
  if (!sources.has(to)) return `${from} imports ${to}, which is not there`;
  if (isTest(to)) return `${from} imports ${to}, and only tests import tests`;
  if (isKernel(from) && !isKernel(to)) return `${from} imports ${to}, outside of the kernel`;
  if (assignmentOf(to) !== undefined && assignmentOf(to) !== assignmentOf(from))
    return `${from} imports ${to}, of another assignment`;
  return room === roomOf(to, rooms.keys()) || allowedBy(from, to, rooms) !== undefined
    ? undefined
    : `${from} imports ${to}, which the row of ${room} does not name`;
}

function isKernel(path: string): boolean {
  return /^(starter|reference)\//.test(path);
}

function assignmentOf(path: string): string | undefined {
  return /^assignments\/([^/]+)\//.exec(path)?.[1];
}

/** The name in the importer's row that allows an import. `starter` and `reference` are told apart from outside only. */
function allowedBy(from: string, to: string, rooms: ReadonlyMap<string, readonly string[]>): string | undefined {
  const names = rooms.get(roomOf(from, rooms.keys()) ?? '') ?? [];
  const target = roomOf(to, rooms.keys());
  return names.find((name) => name === target || (!isKernel(from) && isKernel(to) && to.startsWith(`${name}/`)));
}

function unused(
  files: readonly string[],
  inner: readonly Import[],
  outer: readonly Import[],
  { rooms, doors }: ImportTable,
): readonly string[] {
  const empty = [...rooms.keys()].filter((room) => !files.some((file) => roomOf(file, rooms.keys()) === room));
  const idle = [...rooms].flatMap(([room, names]) => {
    const own = inner.filter(({ from }) => roomOf(from, rooms.keys()) === room);
    return names
      .filter((name) => !own.some(({ from, to }) => allowedBy(from, to, rooms) === name))
      .map((name) => `nothing in ${room} imports ${name}, which its row names`);
  });
  const shut = [...doors].flatMap(([name, places]) =>
    places
      .filter((door) => !outer.some(({ from, to }) => to === name && within(asRoom(from), door)))
      .map((door) => `nothing in ${door} imports ${name}, which the table says`),
  );
  return [...empty.map((room) => `the room ${room} of the table is empty`), ...idle, ...shut];
}

/** Circles of imports, types included: `a.ts -> b.ts -> a.ts`. */
export function circles(sources: Sources): readonly string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, isPackage } of importsOf(sources)) {
    if (!isPackage) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    if (way.includes(file) || done.has(file)) return;
    for (const other of next.get(file) ?? []) visit(other, [...way, file]);
    done.add(file);
  };
  for (const file of sources.keys()) visit(file, []);
  return found;
}
