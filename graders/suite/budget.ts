import { stage } from './stage.ts';
import { inProcess } from './subject.ts';

/** What is counted: built for one size, uncounted; then `run` once, counted. */
export interface Workload {
  run(): void;
  /**
   * The count, read after `run` from objects that the test owns (page-table reads, frames touched).
   * Without it, the work of the subject's own code is counted: calls and jumps, by the interpreter.
   */
  count?(): number;
}

/** Sizes used when an author runs the suite by hand. */
const SIZES_BY_HAND = [16, 64];

/**
 * A budget: one workload at the sizes that assignment.yaml names. Stands at the top level of a `*.budget.ts` file.
 * Also a smoke test: run by hand, it only shows that the workload runs.
 * @param id  the criterion's id
 * @param build  makes the workload for a size; may throw if the subject answers wrongly
 */
export function budget(id: string, build: (size: number) => Workload): void {
  const running = stage();
  describe(id, () => {
    for (const size of running?.sizes(id) ?? SIZES_BY_HAND) {
      test(`size ${size}`, () => {
        const workload = build(size);
        if (running === undefined) {
          workload.run();
          expect(inProcess()).toBe(true);
        } else if (workload.count === undefined) {
          running.counted(
            id,
            size,
            running.realm().measure(() => workload.run()),
          );
        } else {
          workload.run();
          running.counted(id, size, workload.count());
        }
      });
    }
  });
}
