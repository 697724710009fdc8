/** One worker process, seen from outside: asked to play, watched while it does. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GraderError } from '../errors.ts';
import type { Job } from '../model/observation.ts';
import type { Ask, Seen, Tell } from './messages.ts';

/** How playing ended. */
export type End =
  | { readonly kind: 'done'; readonly fault: string | null; readonly rssMiB: number }
  /** The worker is gone: it hung and was killed, or died. */
  | { readonly kind: 'hung' | 'died' };

/** What is played. */
export type Setting = Omit<Extract<Ask, { ask: 'play' }>, 'ask'> & {
  /** The last resort: a single test that takes longer than this is taken for hung. */
  readonly testWallMs: number;
};

const START = fileURLToPath(new URL('../bin/typescript.mjs', import.meta.url));
const PROCESS = new URL('./process.ts', import.meta.url).href;
/** Text a worker prints before it dies, kept for the error message, in characters. */
const LAST_WORDS = 2000;

export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #gone: Promise<void>;
  #lastWords = '';

  constructor() {
    this.#child = fork(START, [PROCESS], {
      execArgv: [],
      // A Date of the subject would show the zone of this machine.
      env: { ...process.env, TZ: 'UTC' },
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (text) => {
      this.#lastWords = `${this.#lastWords}${String(text)}`.slice(-LAST_WORDS);
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#child.once('message', () => resolve());
      // Also that it could not be told something: then it is going, and that is what counts.
      this.#child.on('error', (cause) => reject(this.#unusable(cause.message, cause)));
      this.#child.once('exit', (code) => reject(this.#unusable(`exit code ${code}: ${this.#lastWords.trim()}`)));
    });
    // Nobody may be waiting for it yet.
    this.#ready.catch(() => undefined);
    this.#gone = new Promise((resolve) => this.#child.once('exit', () => resolve()));
  }

  /** @throws GraderError RUN_WORKER */
  async ready(): Promise<void> {
    await this.#ready;
  }

  /** Whether it can be asked. */
  get alive(): boolean {
    return this.#child.connected;
  }

  /** @param next  asked for one job after the other; null: there is none */
  play({ testWallMs, ...setting }: Setting, next: () => Promise<Job | null>, seen: Seen): Promise<End> {
    return new Promise((resolve, reject) => {
      let over = false;
      let hung = false;
      let watchdog: NodeJS.Timeout | undefined;
      const watch = (): void => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => {
          hung = true;
          this.#child.kill('SIGKILL');
        }, testWallMs);
      };
      const settle = (): void => {
        over = true;
        clearTimeout(watchdog);
        this.#child.removeAllListeners('message');
      };
      const ask = (message: Ask): void => {
        if (over) return;
        watch();
        this.#child.send(message);
      };
      const hear = async (message: Tell): Promise<void> => {
        watch();
        switch (message.tell) {
          case 'next':
            // However long a job takes to come, that is not the worker's doing.
            clearTimeout(watchdog);
            ask({ ask: 'job', job: await next() });
            return;
          case 'done':
            seen(message.key, message.observation);
            return;
          case 'end':
            settle();
            resolve({ kind: 'done', fault: message.fault, rssMiB: message.rssMiB });
            return;
          case 'test':
          case 'ready':
            return;
          default:
            message satisfies never;
        }
      };
      this.#child.on('message', (message: Tell) => {
        hear(message).catch((error: unknown) => {
          settle();
          reject(error);
        });
      });
      this.#gone.then(() => {
        if (!over) settle();
        resolve({ kind: hung ? 'hung' : 'died' });
      });
      ask({ ask: 'play', ...setting });
    });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #unusable(why: string, cause?: unknown): GraderError {
    return new GraderError('RUN_WORKER', `A worker process could not be started (${why}).`, cause);
  }
}
