/** A thread with a stack deep enough for the interpreter. Plays what it is asked, one ask after the other. */
import { parentPort } from 'node:worker_threads';
import type { Job } from '../model/observation.ts';
import { warmJest } from './jest.ts';
import type { Ask, Tell } from './messages.ts';
import { Player } from './player.ts';

const port = parentPort;
if (port === null) throw new Error('thread.ts is started by process.ts only');
const tell = (message: Tell): void => port.postMessage(message);

const play = await warmJest();
let deliver: (job: Job | null) => void = () => undefined;
port.on('message', async (message: Ask) => {
  if (message.ask === 'job') {
    deliver(message.job);
    return;
  }
  const player = new Player(message.repertoire, {
    next: () => {
      tell({ tell: 'next' });
      return new Promise((resolve) => {
        deliver = resolve;
      });
    },
    test: (key) => tell({ tell: 'test', key }),
    done: (key, observation) => tell({ tell: 'done', key, observation }),
  });
  await play(player, message.order);
  tell({ tell: 'end', fault: player.fault ?? null, rssMiB: process.memoryUsage.rss() / 2 ** 20 });
});
tell({ tell: 'ready' });
