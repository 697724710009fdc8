/** Does to its own worker process what its program tells it to: what a fault of the interpreter might do. */
import { existsSync, writeFileSync } from 'node:fs';
import { subject } from '../../../suite/index.ts';

const it = subject<{ trouble(): { what: string; marker: string } }>('it');

describe('criterion', () => {
  test('trouble', () => {
    const { what, marker } = it.trouble();
    const again = existsSync(marker);
    if (what !== 'none' && !again) writeFileSync(marker, '');
    if (what === 'dies' || (what === 'dies once' && !again)) process.kill(process.pid, 'SIGKILL');
    while (what === 'hangs' || what === 'dies');
    expect(what).not.toBe('fails');
  });
});
