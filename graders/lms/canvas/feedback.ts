/**
 * Canvas, "Upload submissions": a file that has the name of a downloaded one comes back to that student as a comment,
 * attached under the name that the student gave it. Only the current attachments can be answered so, and no file of
 * another name can be sent: so the feedback takes the place of one of the student's own files. A zip is answered with
 * a zip of all feedback files, any other file with the first of them that can be read as plain text.
 */
import { packZip } from '../archive/write.ts';
import { type FeedbackFiles, type Graded, listed, nameOf } from '../grades/graded.ts';
import { parseCanvasName } from './entry-name.ts';

const HOW =
  'Canvas shows the feedback under the name of the file that was handed in: students find "page_alloc.ts" among the comments, and in it what was said about it.';

export async function canvasFeedback(graded: readonly Graded[]): Promise<FeedbackFiles> {
  const files = new Map<string, string | Uint8Array>();
  const unreachable: string[] = [];
  for (const each of graded) {
    if (each.feedback.size === 0) continue;
    const entry = answered(each);
    if (entry === undefined) unreachable.push(nameOf(each));
    else files.set(entry, /\.zip$/i.test(entry) ? await packZip(each.feedback) : plainText(each.feedback));
  }
  const notes = [
    ...(files.size === 0 ? [] : [HOW]),
    ...listed(
      'Canvas takes files back only for files, and these handed in none; give them theirs by hand',
      unreachable,
    ),
  ];
  return { files, notes };
}

/** A zip when there is one, else a source file, else whatever is first. */
function answered({ submission }: Graded): string | undefined {
  const { origin } = submission;
  if (origin.system !== 'canvas') return undefined;
  const files = origin.entries.filter((entry) => parseCanvasName(entry)?.handedIn.kind === 'file');
  return files.find((entry) => /\.zip$/i.test(entry)) ?? files.find((entry) => entry.endsWith('.ts')) ?? files[0];
}

function plainText(feedback: ReadonlyMap<string, string>): string {
  const names = [...feedback.keys()].sort();
  const name = names.find((each) => /\.(md|txt)$/.test(each)) ?? names[0] ?? '';
  return feedback.get(name) ?? '';
}
