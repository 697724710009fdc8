/** Every command of the guide, typed: each on a machine that was just booted, and all in the order of the guide on one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '../../../reference/shell/session.ts';
import { NSEC_PER_SEC } from '../../../starter/arch/clock.ts';
import { bootMachine } from '../boot.ts';
import { fromText } from '../drive.ts';
import { GUIDE, patternOfAll, type Row, shapeOf, typedOf } from './guide.ts';

const folder = mkdtempSync(join(tmpdir(), 'osgrade-guide-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same machine, soon booted: without its large file. @returns its path */
function light(machine: string): string {
  const path = join(folder, `${machine}.yaml`);
  const text = readFileSync(join(__dirname, `../machines/${machine}.yaml`), 'utf8');
  writeFileSync(path, text.replace(/(path: \/data\/large\n +size: ).*/, '$116 MiB'));
  return path;
}

/** Steps after which a command is taken for one without an end. */
const MOST_STEPS = 100_000;

/** Somebody at a machine. */
class Reader {
  readonly #session: Session;
  #seen = '';

  private constructor(session: Session) {
    this.#session = session;
  }

  static async at(machine: string): Promise<Reader> {
    const show = (bytes: Buffer): void => {
      reader.#seen += bytes.toString('utf8');
    };
    const reader: Reader = new Reader(await bootMachine(machine, { out: show, err: show }));
    return reader;
  }

  /** @param stop  seconds until Ctrl-C @returns the exit status */
  type(text: string, stop = Infinity): number {
    const session = this.#session;
    const { clock } = session.kernel.rooms;
    const end = clock.now + stop * NSEC_PER_SEC;
    session.begin(fromText(text));
    for (let steps = 0; session.step(); steps++) {
      if (steps > MOST_STEPS) throw new Error(`${text} does not end`);
      if (clock.now >= end) session.interrupt();
    }
    return session.status;
  }

  /** Follows a row. @returns what it shows, and the exit status */
  follow(row: Row): { text: string; status: number } {
    if (row.first !== undefined) this.type(row.first);
    this.#seen = '';
    const status = this.type(typedOf(row), row.stop);
    if (row.after !== undefined) this.type(row.after);
    return { text: this.#seen, status };
  }
}

const recording = (name: string): string =>
  readFileSync(join(__dirname, '../../../reference/recordings/proc-format', name), 'latin1');

function answers(row: Row, { text, status }: { text: string; status: number }): void {
  if (row.prints !== undefined) expect(text).toMatch(patternOfAll(row.prints));
  if (row.like !== undefined) expect(shapeOf(text)).toBe(shapeOf(recording(row.like)));
  expect(status).toBe(row.status);
}

/** A text, each time without another of its words: a column, most often. */
function* withoutAWord(text: string): Generator<string> {
  for (const { 0: word, index } of text.matchAll(/ *[^ \n]+/g)) {
    yield text.slice(0, index) + text.slice(index + word.length);
  }
}

const find = (id: string): Row => {
  const row = GUIDE.find((each) => each.id === id);
  if (row === undefined) throw new Error(`guide.yaml has no row ${id}`);
  return row;
};

/** Rows that it needs, those that they need, and itself. */
const withNeeds = (row: Row): Row[] => [...row.needs.flatMap((id) => withNeeds(find(id))), row];

describe('a command of the guide on a machine that was just booted', () => {
  test.each(GUIDE.map((row) => [row.id, row] as const))('%s', async (_, row) => {
    const reader = await Reader.at(light(row.machine));
    const [seen] = withNeeds(row)
      .map((each) => reader.follow(each))
      .reverse();
    answers(row, seen);
  });
});

describe('all commands of the guide, one after the other on one machine', () => {
  const order = GUIDE.filter(({ machine }) => machine === 'laptop');
  let reader: Reader;
  beforeAll(async () => {
    reader = await Reader.at('laptop');
  });
  test.each(order.map((row) => [row.id, row] as const))('%s, where no word may be missing', (_, row) => {
    const seen = reader.follow(row);
    answers(row, seen);
    const { prints } = row;
    const pattern = prints === undefined ? null : patternOfAll(prints);
    const unnoticed = [...withoutAWord(seen.text)].filter((less) => pattern?.test(less) ?? false);
    expect(unnoticed).toEqual([]);
  });
});
