/** A thread with a stack deep enough for the interpreter. Plays what it is asked, one ask after the other. */
import { parentPort } from 'node:worker_threads';
import { warmJest } from './jest.ts';
import type { Ask, Tell } from './messages.ts';
import { Player } from './player.ts';

const port = parentPort;
if (port === null) throw new Error('thread.ts is started by process.ts only');
const tell = (message: Tell): void => port.postMessage(message);

const play = await warmJest();
port.on('message', async ({ jobs, repertoire, order }: Ask) => {
  const player = new Player(jobs, repertoire, {
    test: (key) => tell({ tell: 'test', key }),
    done: (key, observation) => tell({ tell: 'done', key, observation }),
  });
  await play(player, order);
  tell({ tell: 'end', fault: player.fault ?? null, rssMiB: process.memoryUsage.rss() / 2 ** 20 });
});
tell({ tell: 'ready' });
