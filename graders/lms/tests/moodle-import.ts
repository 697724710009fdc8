/**
 * The import rules of Moodle 4.5, restated strictly, to hold what we write against: where Moodle would skip a row in
 * silence, store the wrong text or stop half-way, this throws or leaves the row out just as Moodle does.
 */

export interface Imported {
  /** By participant number: the grade cell of rows that count, and the comment that is stored (`''` erases). */
  readonly grades: ReadonlyMap<string, number>;
  readonly comments: ReadonlyMap<string, string>;
}

export function importWorksheet(bytes: Uint8Array): Imported {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const [header = [], ...rows] = phpCsv(text);
  const column = (name: string) => header.indexOf(name);
  for (const needed of ['Identifier', 'Grade', 'Last modified (grade)']) {
    if (column(needed) === -1) throw new Error('could not read the uploaded worksheet');
  }
  if (rows.some((row) => row.length !== header.length)) throw new Error('Updated 0 grades: a ragged row');
  const grades = new Map<string, number>();
  const comments = new Map<string, string>();
  for (const row of rows) {
    const identifier = row[column('Identifier')] ?? '';
    if (!/^Participant \d+$/.test(identifier)) throw new Error(`database error at ${identifier}`);
    const id = identifier.slice('Participant '.length);
    const grade = row[column('Grade')] ?? '';
    if (grade !== '') {
      // Stricter than Moodle, which reads "8,5" as 8 and "A" as 0.
      if (!/^(0|[1-9]\d*)(\.\d{1,5})?$/.test(grade)) throw new Error(`not a plain number: ${grade}`);
      const maximum = Number(row[column('Maximum grade')]);
      if (Number(grade) <= maximum) grades.set(id, Number(grade));
    }
    const comment = column('Feedback comments');
    if (comment > 0) comments.set(id, row[comment] ?? '');
  }
  return { grades, comments };
}

/** As PHP's fgetcsv: a backslash keeps the next quote from closing the cell. */
function phpCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (isQuoted) {
      const next = text[at + 1] ?? '';
      if (letter === '\\' || (letter === '"' && next === '"')) {
        cell += letter === '"' ? '"' : letter + next;
        at += 1;
      } else if (letter === '"') isQuoted = false;
      else cell += letter;
    } else if (letter === '"') isQuoted = true;
    else if (letter === ',') {
      row.push(cell);
      cell = '';
    } else if (letter === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else cell += letter;
  }
  if (isQuoted) throw new Error('Updated 0 grades: a quote is never closed');
  return rows;
}

const FEEDBACK_PLUGINS = ['file', 'comments'];

/** @returns `participant number/path` of each file that becomes feedback */
export function importFeedback(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const parts = path.split('/');
    for (const [i, part] of parts.entries()) {
      const [, id = '', kind = '', plugin = '', ...rest] = part.split('_');
      if (!/^\d+$/.test(id) || !/^assign(submission|feedback)$/.test(kind) || plugin === '') continue;
      if (!FEEDBACK_PLUGINS.includes(plugin)) return [];
      const file = [...(rest.length > 0 ? [rest.join('_')] : []), ...parts.slice(i + 1)];
      if (file.join('/') === '') throw new Error(`the import aborts at ${path}`);
      return /^[.~]/.test(file.at(-1) ?? '') ? [] : [`${id}/${file.join('/')}`];
    }
    return [];
  });
}
