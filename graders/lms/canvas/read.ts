/** Canvas, "Download submissions": a flat zip, all current attachments of a student side by side. */
import type { IntakeProblem } from '../../model/submission.ts';
import { byCodeUnits, quote, type SourceEntry } from '../archive/entry.ts';
import type { Draft, Drafts, Part } from '../submissions/draft.ts';
import { type CanvasName, parseCanvasName } from './entry-name.ts';

interface Found extends CanvasName {
  readonly entry: SourceEntry;
}

export function isCanvas(path: string): boolean {
  return parseCanvasName(path) !== undefined;
}

/** Drafts in the order of user ids, then of anonymous ids. */
export function draftCanvas(entries: readonly SourceEntry[]): Drafts {
  const students = new Map<string, Found[]>();
  const unmatched: IntakeProblem[] = [];
  for (const entry of [...entries].sort((a, b) => byCodeUnits(a.path, b.path))) {
    const name = parseCanvasName(entry.path);
    if (name === undefined) {
      unmatched.push({
        entry: entry.path,
        says: 'This entry has no ids of a student and an attachment as Canvas writes them.',
      });
      continue;
    }
    const student = name.anonymous ? `anon ${name.user}` : name.user;
    const others = students.get(student);
    if (others === undefined) students.set(student, [{ ...name, entry }]);
    else others.push({ ...name, entry });
  }
  const sorted = [...students].sort(([a], [b]) => a.length - b.length || byCodeUnits(a, b));
  return { drafts: sorted.flatMap(([, found]) => draft(found)), unmatched };
}

function draft(found: readonly Found[]): Draft[] {
  const [first] = found;
  if (first === undefined) return [];
  const files = found.flatMap(({ entry, handedIn }) =>
    handedIn.kind === 'file' ? [{ path: handedIn.name, entry }] : [],
  );
  const { parts, problems } = plainNames(files);
  return [
    {
      who: first.who,
      keyName: first.anonymous ? 'anon' : first.who,
      keyId: first.user,
      origin: {
        system: 'canvas',
        user: first.user,
        anonymous: first.anonymous,
        entries: found.map(({ entry }) => entry.path),
      },
      late: found.some(({ late }) => late),
      parts,
      problems: [...found.flatMap(typedIn), ...problems],
    },
  ];
}

function typedIn({ entry, handedIn }: Found): IntakeProblem[] {
  if (handedIn.kind === 'file') return [];
  const what = handedIn.kind === 'text' ? 'text typed into the page of the assignment' : 'a link to a web page';
  return [{ entry: entry.path, says: `This is ${what}. Only files are graded: hand in the files themselves.` }];
}

/**
 * Canvas keeps all uploads of a student in one folder: when `page_alloc.ts` is handed in again, the second upload is
 * called `page_alloc-1.ts`, and only that one is in the zip. So a `-N` before the extension goes, unless another current
 * file claims the plain name: then nobody can tell which one is meant, and both stay as they are.
 */
function plainNames(files: readonly Part[]): { parts: Part[]; problems: IntakeProblem[] } {
  const claims = new Map<string, string[]>();
  for (const { path } of files) claims.set(plain(path), [...(claims.get(plain(path)) ?? []), path]);
  const problems: IntakeProblem[] = [];
  const parts = files.map((file) => {
    const name = plain(file.path);
    const rivals = (claims.get(name) ?? []).filter((path) => path !== file.path);
    if (name === file.path || rivals.length === 0) return { ...file, path: name };
    problems.push({
      entry: file.entry.path,
      says: `${[file.path, ...rivals].map(quote).join(' and ')} were handed in together, so each keeps its own name. Hand in each file once.`,
    });
    return file;
  });
  return { parts, problems };
}

function plain(name: string): string {
  return name.replace(/-\d+(?=\.[^.]*$)/, '');
}
