/** The one Jest file of a run: every job plays every suite, each evaluated anew. */
import { PLAYBILL, type Playbill } from './playbill.ts';

const playbill = (globalThis as { [PLAYBILL]?: Playbill })[PLAYBILL];
if (playbill === undefined) throw new Error('play.ts is run by the player only');

for (const key of playbill.jobs) {
  describe(key, () => {
    for (const suite of playbill.suites) {
      describe(suite, () => {
        jest.isolateModules(() => require(suite));
      });
    }
  });
}
