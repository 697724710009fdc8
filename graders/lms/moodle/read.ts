/**
 * Moodle, "Download all submissions": `Ada Lovelace_12_assignsubmission_file/mm/page_alloc.ts`, one folder for each
 * student and plugin, or the same with `_` for the slash (the flat layout). The number is the participant id of this
 * one assignment; teams have the id of the group, and "Default group" none. Before 4.1 the folder ended in `_`.
 */
import type { IntakeProblem } from '../../model/submission.ts';
import { byCodeUnits, type SourceEntry } from '../archive/entry.ts';
import type { Draft, Drafts, Part } from '../submissions/draft.ts';

const ENTRY =
  /^(?<folder>(?<who>[^_/]*)(?:_(?<id>\d+))?_assignsubmission_(?<plugin>[a-z0-9]+))(?:(?<tail>_?)\/|_)(?<path>.+)$/;

export function isMoodle(path: string): boolean {
  return ENTRY.test(path);
}

interface Found extends Part {
  readonly who: string;
  readonly id: string | null;
  readonly plugin: string;
  readonly folder: string;
}

/** Drafts in the order of participant ids. Moodle does not say here who was late. */
export function draftMoodle(entries: readonly SourceEntry[]): Drafts {
  const students = new Map<string, Found[]>();
  const unmatched: IntakeProblem[] = [];
  for (const entry of entries) {
    const found = find(entry);
    if (found === undefined) {
      unmatched.push({ entry: entry.path, says: "This entry has no student's folder as Moodle writes it." });
      continue;
    }
    const student = found.id ?? `/${found.who}`;
    const others = students.get(student);
    if (others === undefined) students.set(student, [found]);
    else others.push(found);
  }
  const sorted = [...students].sort(([a], [b]) => a.length - b.length || byCodeUnits(a, b));
  const drafts = sorted.flatMap(([, found]) => draft(found));
  return { drafts: namesAreHidden(drafts) ? drafts.map(numbered) : drafts, unmatched };
}

/** With blind marking every name is the same word, "Participant" in the language of the site. Two may be namesakes. */
function namesAreHidden(drafts: readonly Draft[]): boolean {
  const names = new Set(drafts.map(({ who }) => who));
  return names.size === 1 && (drafts.length > 2 || names.has('Participant'));
}

function numbered(draft: Draft): Draft {
  return { ...draft, who: `${draft.who} ${draft.keyId}`.trim() };
}

function find(entry: SourceEntry): Found | undefined {
  const groups = ENTRY.exec(entry.path)?.groups;
  if (groups === undefined) return undefined;
  const { who = '', id, plugin = '', folder = '', tail = '', path = '' } = groups;
  return { entry, path, who: who.trim(), id: id ?? null, plugin, folder: `${folder}${tail}` };
}

function draft(found: readonly Found[]): Draft[] {
  const texts = found.filter(({ plugin }) => plugin === 'onlinetext');
  const parts = found.filter(({ plugin }) => plugin !== 'onlinetext');
  const first = parts[0] ?? texts[0];
  if (first === undefined) return [];
  const { who, id, folder } = first;
  return [
    {
      who,
      keyName: who,
      keyId: id ?? '',
      origin: { system: 'moodle', participant: id, folder },
      late: false,
      parts,
      problems: texts.map(({ entry }) => ({
        entry: entry.path,
        says: 'This is text typed into the page of the assignment. Only files are graded: hand in the files themselves.',
      })),
    },
  ];
}
