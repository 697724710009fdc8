/** Does to its own worker process what its program tells it to: what a fault of the interpreter might do. */
import { existsSync, writeFileSync } from 'node:fs';
import { subject } from '../../../suite/index.ts';

/** Until a worker dies that has played its job and waits for another. */
const DIES_AFTER_MS = 500;

const it = subject<{ trouble(): { what: string; marker: string } }>('it');

describe('criterion', () => {
  test('trouble', () => {
    const { what, marker } = it.trouble();
    const again = existsSync(marker);
    if (what !== 'none' && !again) writeFileSync(marker, '');
    if (what === 'dies' || (what === 'dies once' && !again)) process.kill(process.pid, 'SIGKILL');
    if (what === 'dies later') setTimeout(() => process.kill(process.pid, 'SIGKILL'), DIES_AFTER_MS);
    while (what === 'hangs' || what === 'dies');
    expect(what).not.toBe('fails');
  });
});
