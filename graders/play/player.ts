/**
 * Plays jobs through Jest, in this thread. It lends the suites their stage (the realm of the job being played) and listens
 * to jest-circus: what each test came to is seen here, outside the suite's realm.
 */
import type { Circus } from '@jest/types';
import type { CountSeen, Job, Observation, Outcome, Repertoire, TestSeen } from '../model/observation.ts';
import { EngineSupply } from '../subject/engine.ts';
import { Realm } from '../subject/realm.ts';
import { STAGE, type Stage } from '../suite/stage.ts';
import { outcomeOf } from './outcome.ts';
import { PLAYBILL, type Playbill } from './playbill.ts';

/** Jobs that one run of Jest has room for. More begin another: what has been compiled is thrown away, and the memory too. */
const PLACES = 32;

/** Told as it happens, so that nothing is lost when this thread hangs or dies. */
export interface Audience {
  /** The next job to play; null: there is none. */
  next(): Promise<Job | null>;
  /** A test begins: the wall clock of the last resort starts anew. */
  test(key: string): void;
  done(key: string, observation: Observation): void;
}

interface Act {
  readonly job: Job;
  readonly tests: TestSeen[];
  readonly counts: CountSeen[];
  /** Criteria in which a limit was met: they are lost, and their other tests are not run. */
  readonly runaway: Set<string>;
  /** Set when the program was stopped while it was loaded: no test of it need be tried. */
  stillborn: Outcome | undefined;
}

export class Player {
  readonly #repertoire: Repertoire;
  readonly #audience: Audience;
  readonly #supply: EngineSupply;
  #act: Act | undefined;
  #realm: Realm | undefined;
  /** There was no further job: the places that are left stay empty. */
  #over = false;
  /** The first thing that went wrong outside of any test. */
  fault: string | undefined;

  constructor(repertoire: Repertoire, audience: Audience) {
    this.#repertoire = repertoire;
    this.#supply = new EngineSupply(repertoire.limits.heapBytes);
    this.#audience = audience;
  }

  /** Called by the environment with its global object. */
  install(global: object): void {
    const playbill: Playbill = { places: PLACES, suites: this.#repertoire.suites };
    const stage: Stage = {
      realm: () => this.#open(),
      seed: this.#repertoire.seed,
      sizes: (budget) => this.#repertoire.sizes[budget] ?? [],
      counted: (criterion, size, count) => this.#act?.counts.push({ criterion, size, count }),
    };
    Object.assign(global, { [PLAYBILL]: playbill, [STAGE]: stage });
  }

  async hear(event: Circus.AsyncEvent | Circus.SyncEvent, _state: Circus.State): Promise<void> {
    switch (event.name) {
      case 'run_describe_start':
        await this.#begin(event.describeBlock);
        break;
      case 'run_describe_finish':
        this.#finish(event.describeBlock);
        break;
      case 'test_start':
        await this.#testStart(event.test);
        break;
      case 'test_done':
        this.#testDone(event.test);
        break;
      case 'error':
        this.fault ??= String(event.error);
        break;
    }
  }

  async #begin(block: Circus.DescribeBlock): Promise<void> {
    // ROOT / place / suite / criterion
    if (pathOf(block).length !== 1) return;
    const job = this.#over ? null : await this.#audience.next();
    this.#over = job === null;
    if (job === null) leaveOut(block);
    else this.#act = { job, tests: [], counts: [], runaway: new Set(), stillborn: undefined };
  }

  #finish(block: Circus.DescribeBlock): void {
    if (pathOf(block).length !== 1 || this.#act === undefined) return;
    const { job, tests, counts } = this.#act;
    this.#act = undefined;
    // A suite may have kept something of it, for the next to find.
    this.#realm?.forget();
    this.#realm = undefined;
    this.#audience.done(job.key, { kind: 'played', tests, counts });
  }

  async #testStart(test: Circus.TestEntry): Promise<void> {
    if (this.#act === undefined) return;
    const criterion = criterionOf(test);
    const { stillborn, runaway, tests } = this.#act;
    if (stillborn !== undefined) tests.push({ criterion, title: test.name, work: 0, outcome: stillborn });
    if (stillborn !== undefined || runaway.has(criterion)) test.mode = 'skip';
    await this.#supply.restock();
    this.#realm?.nextTest();
    if (this.#realm?.stopped !== undefined) this.#realm = undefined;
    this.#audience.test(this.#act.job.key);
  }

  #testDone(test: Circus.TestEntry): void {
    const act = this.#act;
    if (act === undefined || test.mode === 'skip') return;
    const criterion = criterionOf(test);
    const [error] = test.errors;
    const thrown: unknown = Array.isArray(error) ? error[0] : error;
    const stopped = this.#realm?.stopped;
    const outcome =
      test.errors.length === 0 && stopped === undefined
        ? ({ kind: 'passed' } as const)
        : outcomeOf(thrown, stopped, act.job.program);
    if (stopped !== undefined) act.runaway.add(criterion);
    if (stopped !== undefined && this.#realm?.loaded === false) act.stillborn = outcome;
    act.tests.push({ criterion, title: test.name, work: this.#realm?.work ?? 0, outcome });
  }

  #open(): Realm {
    if (this.#act === undefined) throw new Error('no submission is on stage');
    this.#realm ??= new Realm(this.#supply.take(), this.#act.job.program, this.#repertoire.limits);
    return this.#realm;
  }
}

/** Nothing in a block is run. */
function leaveOut(block: Circus.DescribeBlock): void {
  block.mode = 'skip';
  for (const child of block.children) {
    if (child.type === 'test') child.mode = 'skip';
    else leaveOut(child);
  }
}

/** The titles from the outermost `describe` to this block. */
function pathOf(block: Circus.DescribeBlock): string[] {
  const path: string[] = [];
  for (let at: Circus.DescribeBlock | undefined = block; at?.parent !== undefined; at = at.parent)
    path.unshift(String(at.name));
  return path;
}

function criterionOf(test: Circus.TestEntry): string {
  return pathOf(test.parent)[2] ?? '';
}
