/** How the laws choose what happens next. */

/** Chance: 0 ≤ n < below. */
export type Chance = (below: number) => number;

/** @param all  not empty @returns one of them */
export function oneOf<T>(all: Iterable<T>, chance: Chance): T {
  const list = [...all];
  return list[chance(list.length)];
}
