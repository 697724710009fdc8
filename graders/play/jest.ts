/** Jest, kept warm: configured once a thread, then run without its command line. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from 'jest-config';
import JestRunner from 'jest-runner';
import Runtime from 'jest-runtime';
import { TestWatcher } from 'jest-watcher';
import type { Player } from './player.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The most a timer can wait: tests are stopped by counted work, and by the pool as a last resort, never by Jest. */
const NEVER_MS = 2 ** 31 - 1;

const CONFIG = {
  rootDir: here('.'),
  roots: [here('.')],
  testMatch: ['**/play.ts'],
  testEnvironment: here('./environment.cjs'),
  transform: { '\\.ts$': here('../jest/transform.cjs') },
  resolver: here('../jest/overlay-resolver.cjs'),
  cacheDirectory: join(tmpdir(), 'osgrade-jest'),
  testTimeout: NEVER_MS,
};

/** @returns plays what a player holds; what goes wrong outside of any test is left in `player.fault` */
export async function warmJest(): Promise<(player: Player, order: number | null) => Promise<void>> {
  const argv = { _: [], $0: 'osgrade', config: JSON.stringify(CONFIG), silent: true, watchman: false };
  const { globalConfig, projectConfig } = await readConfig(argv, here('.'));
  const context = await Runtime.createContext(projectConfig, { console, maxWorkers: 1, watch: false, watchman: false });
  const watcher = new TestWatcher({ isWatchMode: false });
  return async (player, order) => {
    const shuffled = order === null ? globalConfig : { ...globalConfig, randomize: true, seed: order };
    const runner = new JestRunner(shuffled, {});
    const config = { ...projectConfig, testEnvironmentOptions: { player } };
    const ended = [
      runner.on('test-file-failure', ([, failure]) => {
        player.fault ??= failure.message;
      }),
      runner.on('test-file-success', ([, result]) => {
        player.fault ??= result.testExecError?.message;
      }),
    ];
    await runner.runTests([{ path: here('./play.ts'), context: { ...context, config } }], watcher, { serial: true });
    for (const off of ended) off();
  };
}
