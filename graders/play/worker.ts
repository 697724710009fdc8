/** One worker process, seen from outside: asked to play, watched while it does. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GraderError } from '../errors.ts';
import type { Job } from '../model/observation.ts';
import type { Ask, Seen, Tell } from './messages.ts';

/** How an ask ended, and the keys of the jobs that were played by then. */
export type End = { readonly played: readonly string[] } & (
  | { readonly kind: 'done'; readonly fault: string | null; readonly rssMiB: number }
  /** The worker is gone: it hung and was killed, or died. `held` is the job it was at. */
  | { readonly kind: 'hung' | 'died'; readonly held: string | undefined }
);

/** What is the same for all that a worker is asked. */
type Setting = Omit<Ask, 'jobs'>;

const START = fileURLToPath(new URL('../bin/typescript.mjs', import.meta.url));
const PROCESS = new URL('./process.ts', import.meta.url).href;
/** Text a worker prints before it dies, kept for the error message, in characters. */
const LAST_WORDS = 2000;

export class WorkerProcess {
  readonly #setting: Setting;
  readonly #testWallMs: number;
  readonly #seen: Seen;
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  #lastWords = '';

  constructor(setting: Setting, testWallMs: number, seen: Seen) {
    this.#setting = setting;
    this.#testWallMs = testWallMs;
    this.#seen = seen;
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
      this.#child.once('error', (cause) => reject(this.#unusable(cause.message, cause)));
      this.#child.once('exit', (code) => reject(this.#unusable(`exit code ${code}: ${this.#lastWords.trim()}`)));
    });
  }

  /** @throws GraderError RUN_WORKER */
  async ready(): Promise<void> {
    await this.#ready;
  }

  play(jobs: readonly Job[]): Promise<End> {
    return new Promise((resolve, reject) => {
      const played: string[] = [];
      let held = jobs[0]?.key;
      let hung = false;
      let watchdog: NodeJS.Timeout | undefined;
      const watch = (): void => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => {
          hung = true;
          this.#child.kill('SIGKILL');
        }, this.#testWallMs);
      };
      const settle = (): void => {
        clearTimeout(watchdog);
        this.#child.removeAllListeners('message').removeAllListeners('exit');
      };
      const hear = (message: Tell): void => {
        watch();
        switch (message.tell) {
          case 'test':
            held = message.key;
            return;
          case 'done':
            played.push(message.key);
            this.#seen(message.key, message.observation);
            return;
          case 'end':
            settle();
            resolve({ kind: 'done', played, fault: message.fault, rssMiB: message.rssMiB });
            return;
          case 'ready':
            return;
          default:
            message satisfies never;
        }
      };
      this.#child.removeAllListeners('exit');
      this.#child.on('message', (message: Tell) => {
        try {
          hear(message);
        } catch (error) {
          settle();
          reject(error);
        }
      });
      this.#child.on('exit', () => {
        settle();
        resolve({ kind: hung ? 'hung' : 'died', played, held });
      });
      watch();
      this.#child.send({ jobs, ...this.#setting } satisfies Ask);
    });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #unusable(why: string, cause?: unknown): GraderError {
    return new GraderError('RUN_WORKER', `A worker process could not be started (${why}).`, cause);
  }
}
