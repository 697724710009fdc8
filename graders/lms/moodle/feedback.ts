/**
 * Moodle, "Upload multiple feedback files in a zip": `Ada Lovelace_12_assignfeedback_file/feedback.html`. The folder is
 * the downloaded one, so that the name part holds no `_` and the number is the right one.
 */
import { type FeedbackFiles, type Graded, listed, nameOf } from '../grades/graded.ts';

export function moodleFeedback(graded: readonly Graded[]): FeedbackFiles {
  const files = new Map<string, string>();
  const unreachable: Graded[] = [];
  for (const each of graded) {
    const { origin } = each.submission;
    if (origin.system !== 'moodle' || origin.participant === null) {
      unreachable.push(each);
      continue;
    }
    const folder = origin.folder.replace(/_assignsubmission_[a-z0-9]+_?$/, '_assignfeedback_file');
    for (const [name, text] of each.feedback) files.set(`${folder}/${safeName(name)}`, text);
  }
  const notes = listed(
    'Moodle takes feedback files by number, and these have none; give them theirs by hand',
    unreachable.map(nameOf),
  );
  return { files, notes };
}

/** Moodle skips names that start with a dot or a tilde, and takes underscores in a folder for its own. */
function safeName(name: string): string {
  return name.replace(/^[.~]+/, '').replace(/[\\/:*?"<>|]/g, '-');
}
