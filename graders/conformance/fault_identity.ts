/**
 * Which pages are the same: two kernels number their frames differently, so each page is given a name that both share,
 * the place and step where it was first seen. A name lasts as long as the page is seen somewhere in each step.
 */
import type { ShownPage, ShownProcess } from './fault_state.ts';

/** A page with an id, and where it is seen. */
interface Sighting {
  /** Process, mapping and page. */
  readonly place: string;
  readonly id: string;
}

/** Names by id. */
type Names = Map<string, string>;

export class PageIdentities {
  #recorded: Names = new Map();
  #shown: Names = new Map();

  /**
   * What a kernel frees in a step it may use again in the same step. Whether it does is chance: so a page that is new
   * here may be recorded as one that no longer is anywhere here.
   * @returns for each page seen, its place and its name
   */
  next(
    step: number,
    recorded: readonly ShownProcess[],
    shown: readonly ShownProcess[],
  ): [recorded: string, shown: string] {
    const got = sightings(shown);
    const gotNames = named(step, got, this.#shown);
    const wanted = sightings(recorded);
    const alive = new Set(gotNames.values());
    const fresh = new Map(got.map(({ place, id }) => [place, gotNames.get(id) ?? '']));
    const known: Names = new Map(this.#recorded);
    for (const { place, id } of wanted) {
      const old = known.get(id);
      if (old !== undefined && !alive.has(old) && fresh.get(place)?.startsWith(`${step}@`)) known.delete(id);
    }
    const wantedNames = named(step, wanted, known);
    this.#recorded = wantedNames;
    this.#shown = gotNames;
    return [told(wanted, wantedNames), told(got, gotNames)];
  }
}

function sightings(state: readonly ShownProcess[]): Sighting[] {
  const inVma = (start: string, pages: readonly ShownPage[]): Sighting[] =>
    pages.flatMap(({ page, id }) => (id === null ? [] : [{ place: `${start}+${page}`, id }]));
  return state.flatMap(({ proc, vmas }) =>
    vmas.flatMap(({ head, pages }) => inVma(`process ${proc} ${head.split(' ')[0]}`, pages)),
  );
}

/** Those known keep their names; others are called after the first place where they are seen. */
function named(step: number, list: readonly Sighting[], known: Names): Names {
  const names: Names = new Map();
  for (const { place, id } of list) if (!names.has(id)) names.set(id, known.get(id) ?? `${step}@${place}`);
  return names;
}

function told(list: readonly Sighting[], names: Names): string {
  return list.map(({ place, id }) => `${place} is ${names.get(id)}`).join('\n');
}
