/**
 * The one Jest file of a run: a `describe` for each job that may come, in it every suite. A suite is evaluated once; what
 * it says at its top level is said again for each job, so that the code that tests is compiled once and stays warm.
 */
import { PLAYBILL, type Playbill } from './playbill.ts';

type Word = (...args: unknown[]) => unknown;

const WORDS = ['describe', 'test', 'it', 'beforeAll', 'beforeEach', 'afterEach', 'afterAll'];
const shared = globalThis as unknown as Record<string, Word> & { readonly [PLAYBILL]?: Playbill };

/** What the suite that is being evaluated has said so far; null when none is. */
let said: (() => void)[] | null = null;

/** A word of Jest that is noted, to be said later, while a suite is being evaluated. */
function noted(word: Word): Word {
  return new Proxy(word, {
    apply: (_, self, args: unknown[]) => {
      if (said === null) return Reflect.apply(word, self, args);
      said.push(() => Reflect.apply(word, self, args));
      return undefined;
    },
    get: (_, key) => {
      const value: unknown = Reflect.get(word, key);
      if (typeof value !== 'function') return value;
      // `test.each(table)` says nothing yet: it gives a word that does.
      if (key === 'each') return (...table: unknown[]) => noted(Reflect.apply(value, word, table) as Word);
      return noted(value as Word);
    },
  });
}

function suiteOf(path: string): () => void {
  const words: (() => void)[] = [];
  said = words;
  try {
    require(path);
  } finally {
    said = null;
  }
  return () => {
    for (const say of words) say();
  };
}

const playbill = shared[PLAYBILL];
if (playbill === undefined) throw new Error('play.ts is run by the player only');
for (const word of WORDS) if (shared[word] !== undefined) shared[word] = noted(shared[word]);
const suites = playbill.suites.map((path) => [path, suiteOf(path)] as const);
for (let place = 1; place <= playbill.places; place++) {
  describe(`job ${place}`, () => {
    for (const [path, suite] of suites) describe(path, suite);
  });
}
