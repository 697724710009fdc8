/** The one Jest file of a run: every job plays every suite, each evaluated anew. */
import fastCheck from 'fast-check';
import { PLAYBILL, type Playbill } from './playbill.ts';

const shared = globalThis as { [PLAYBILL]?: Playbill };
const playbill = shared[PLAYBILL];
if (playbill === undefined) throw new Error('play.ts is run by the player only');
// See resolver.cjs.
Object.assign(shared, { [Symbol.for('osgrade.fast-check')]: { __esModule: true, ...fastCheck, default: fastCheck } });

for (const key of playbill.jobs) {
  describe(key, () => {
    for (const suite of playbill.suites) {
      describe(suite, () => {
        jest.isolateModules(() => require(suite));
      });
    }
  });
}
