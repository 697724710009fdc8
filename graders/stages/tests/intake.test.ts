import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GraderError } from '../../errors.ts';
import { emptyZipClaiming, type RawEntry, rawZip } from '../../lms/tests/raw-zip.ts';
import type { Intake, Submission } from '../../model/submission.ts';
import { intake } from '../intake.ts';

const fixtures = join(__dirname, '..', '..', 'lms', 'tests', 'fixtures');
const CODE = 'export const answer = 42;\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'osgrade-intake-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a file into the test's folder. */
function put(path: string, content: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function intakeZip(...entries: RawEntry[]): Promise<Intake> {
  return intake(put('class.zip', rawZip(entries)));
}

async function refusal(work: Promise<unknown>): Promise<GraderError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GraderError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const paths = (submission: Submission | undefined) => submission?.files.map(({ path }) => path);
const keys = ({ submissions }: Intake) => submissions.map(({ key }) => key);
const says = (submission: Submission | undefined) => submission?.problems.map((problem) => problem.says);

/** A class of Ada, whose part is tried, and Bob, who must be unharmed. */
async function ada(...entries: RawEntry[]): Promise<Submission | undefined> {
  const { submissions } = await intakeZip(...entries, { name: 'bob/page_alloc.ts', content: CODE });
  const [first, bob] = submissions;
  expect(bob?.who).toBe('bob');
  expect(paths(bob)).toEqual(['page_alloc.ts']);
  expect(bob?.problems).toEqual([]);
  return first;
}

const handedIn = (...entries: RawEntry[]): RawEntry => ({ name: 'ada/hw.zip', content: rawZip(entries), method: 0 });

describe('intake of a plain folder', () => {
  test('takes each sub-folder, each zip and each lone file as one submission', async () => {
    put('Ada Lovelace/mm/page_alloc.ts', CODE);
    put('grace.ts', CODE);
    put('Linus.zip', rawZip([{ name: 'mm/page_alloc.ts', content: CODE }]));
    const { system, submissions, unmatched } = await intake(folder);
    expect(system).toBe('folder');
    expect(unmatched).toEqual([]);
    expect(submissions.map(({ key, who, origin, late }) => ({ key, who, origin, late }))).toEqual([
      { key: 'ada-lovelace', who: 'Ada Lovelace', origin: { system: 'folder', folder: 'Ada Lovelace' }, late: false },
      { key: 'grace', who: 'grace', origin: { system: 'folder', folder: 'grace.ts' }, late: false },
      { key: 'linus', who: 'Linus', origin: { system: 'folder', folder: 'Linus.zip' }, late: false },
    ]);
    expect(submissions.map(paths)).toEqual([['mm/page_alloc.ts'], ['grace.ts'], ['mm/page_alloc.ts']]);
    expect(Buffer.from(submissions[2]?.files[0]?.bytes ?? []).toString()).toBe(CODE);
  });

  test('keeps an empty folder as a submission that says so', async () => {
    mkdirSync(join(folder, 'ada'));
    put('bob/page_alloc.ts', CODE);
    const [empty] = (await intake(folder)).submissions;
    expect(empty?.files).toEqual([]);
    expect(empty?.problems).toEqual([{ entry: 'ada', says: 'No file was handed in.' }]);
  });

  test('ignores what systems and tools leave behind', async () => {
    for (const junk of [
      '.DS_Store',
      '._page_alloc.ts',
      'Thumbs.db',
      'node_modules/x/i.ts',
      '.git/HEAD',
      '__MACOSX/a',
    ]) {
      put(`ada/${junk}`, 'junk');
    }
    put('.DS_Store', 'junk');
    put('ada/page_alloc.ts', CODE);
    const { submissions, unmatched } = await intake(folder);
    expect(submissions.map(paths)).toEqual([['page_alloc.ts']]);
    expect(unmatched).toEqual([]);
  });

  test('never follows a link', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'osgrade-outside-'));
    writeFileSync(join(outside, 'secret.ts'), 'secret');
    put('ada/page_alloc.ts', CODE);
    symlinkSync(outside, join(folder, 'ada', 'more'), 'junction');
    const [submission] = (await intake(folder)).submissions;
    rmSync(outside, { recursive: true });
    expect(paths(submission)).toEqual(['page_alloc.ts']);
    expect(says(submission)).toEqual([
      '"more" is a link or a device, which is never followed. It was left out: hand in the plain source file.',
    ]);
  });

  test('reads an unpacked download as the system it came from', async () => {
    put('Ada Lovelace_12_assignsubmission_file/page_alloc.ts', CODE);
    expect((await intake(folder)).system).toBe('moodle');
  });

  test('refuses the work of one student, where a class was meant', async () => {
    put('mm/page_alloc.ts', CODE);
    const error = await refusal(intake(folder));
    expect(error.code).toBe('INTAKE_UNKNOWN_LAYOUT');
    expect(error.message).toContain('"mm/page_alloc.ts"');
    expect(error.message).toContain('If it is the work of one student');
  });
});

describe('intake of Moodle downloads', () => {
  const students = [
    ['ada-lovelace-4', 'Ada Lovelace', '4', 'Ada Lovelace_4_assignsubmission_file'],
    ['bob-obrien-b-8', 'Bob OBrien B', '8', 'Bob OBrien B _8_assignsubmission_file'],
    ['jose-nandu-6', 'José Ñandú', '6', 'José Ñandú_6_assignsubmission_file'],
    ['linus-torvalds-5', 'Linus Torvalds', '5', 'Linus Torvalds_5_assignsubmission_file'],
    ['sum-1-1-formula-3', '=SUM(1+1) Formula', '3', '=SUM(1+1) Formula_3_assignsubmission_file'],
    ['under-score-na-me-2', 'Under score Na me', '2', 'Under score Na me_2_assignsubmission_file'],
    ['zoe-123-456-1', 'Zoë 123 456', '1', 'Zoë 123 456_1_assignsubmission_file'],
  ];
  const seen = ({ submissions }: Intake) =>
    submissions.map(({ key, who, origin }) =>
      origin.system === 'moodle' ? [key, who, origin.participant, origin.folder] : origin,
    );

  test('reads the folder layout of Moodle 4.5', async () => {
    const read = await intake(join(fixtures, 'moodle-folders.zip'));
    expect(read.unmatched).toEqual([]);
    expect(seen(read)).toEqual(students);
    expect(new Set(read.submissions.map((submission) => JSON.stringify(paths(submission))))).toEqual(
      new Set([JSON.stringify(['main.py', 'résumé #1.txt', 'src/a_b.py'])]),
    );
  });

  test('reads the flat layout of Moodle 4.5', async () => {
    const read = await intake(join(fixtures, 'moodle-flat.zip'));
    expect(seen(read)).toEqual(students);
    expect(paths(read.submissions[0])).toEqual(['a_b.py', 'main.py', 'résumé #1.txt']);
  });

  test('numbers the participants when marking is blind', async () => {
    const { submissions } = await intake(join(fixtures, 'moodle-blind.zip'));
    expect(submissions.map(({ key, who }) => [key, who])).toEqual(
      [10, 11, 12, 13, 14, 15, 16].map((id) => [`participant-${id}`, `Participant ${id}`]),
    );
  });

  test('reads a download that was unpacked and packed again with a folder around it', async () => {
    const read = await intakeZip({ name: 'os-hw3/Ada_12_assignsubmission_file/page_alloc.ts', content: CODE });
    expect(seen(read)).toEqual([['ada-12', 'Ada', '12', 'Ada_12_assignsubmission_file']]);
  });

  test('tells typed text as a problem, and takes the files beside it', async () => {
    const [typed] = (await intake(join(fixtures, 'moodle-flat.zip'))).submissions;
    expect(typed?.problems).toEqual([
      {
        entry: 'Ada Lovelace_4_assignsubmission_onlinetext_onlinetext.html',
        says: 'This is text typed into the page of the assignment. Only files are graded: hand in the files themselves.',
      },
    ]);
    expect(typed?.files).toHaveLength(3);
  });

  test('reads folders that end in an underscore, and teams without a group', async () => {
    const read = await intakeZip(
      { name: 'Team A_7_assignsubmission_file_/page_alloc.ts', content: CODE },
      { name: 'Default group_assignsubmission_file_/page_alloc.ts', content: CODE },
    );
    expect(seen(read)).toEqual([
      ['default-group', 'Default group', null, 'Default group_assignsubmission_file_'],
      ['team-a-7', 'Team A', '7', 'Team A_7_assignsubmission_file_'],
    ]);
    expect(read.submissions.map(paths)).toEqual([['page_alloc.ts'], ['page_alloc.ts']]);
  });

  test('keeps namesakes apart, and lists what is nobody’s', async () => {
    const read = await intakeZip(
      { name: 'Ada_12_assignsubmission_file/a.ts', content: CODE },
      { name: 'Ada_3_assignsubmission_file/a.ts', content: CODE },
      { name: 'notes.txt', content: 'x' },
    );
    expect(keys(read)).toEqual(['ada-12', 'ada-3']);
    expect(read.submissions.map(({ who }) => who)).toEqual(['Ada', 'Ada']);
    expect(read.unmatched).toEqual([
      { entry: 'notes.txt', says: "This entry has no student's folder as Moodle writes it." },
    ]);
  });
});

describe('intake of Canvas downloads', () => {
  test('groups attachments by user id, and reads late, text, link and anonymous entries', async () => {
    const read = await intakeZip(
      { name: 'lovelaceada_4_99_page_alloc.ts', content: CODE },
      { name: 'lovelaceada_4_100_notes_1.txt', content: 'x' },
      { name: 'torvaldslinus_LATE_31_7_page_alloc.ts', content: CODE },
      { name: 'hoppergrace_5_text.html', content: '<p>hi</p>' },
      { name: 'oneilpat_6_link.html', content: '<p>hi</p>' },
      { name: 'LATE_anon_aB3x_8_page_alloc.ts', content: CODE },
      { name: 'anon_ab3x_9_page_alloc.ts', content: CODE },
    );
    expect(read.system).toBe('canvas');
    expect(read.submissions.map(({ key, who, late }) => [key, who, late])).toEqual([
      ['anon-ab3x', 'Anonymous aB3x', true],
      ['anon-ab3x-2', 'Anonymous ab3x', false],
      ['hoppergrace-5', 'hoppergrace', false],
      ['lovelaceada-4', 'lovelaceada', false],
      ['oneilpat-6', 'oneilpat', false],
      ['torvaldslinus-31', 'torvaldslinus', true],
    ]);
    const [, , grace, lovelace, pat] = read.submissions;
    expect(lovelace?.origin).toEqual({
      system: 'canvas',
      user: '4',
      anonymous: false,
      entries: ['lovelaceada_4_100_notes_1.txt', 'lovelaceada_4_99_page_alloc.ts'],
    });
    expect(paths(lovelace)).toEqual(['notes_1.txt', 'page_alloc.ts']);
    expect(says(grace)?.[0]).toContain('text typed into the page');
    expect(says(pat)?.[0]).toContain('a link to a web page');
  });

  test('takes off the number that Canvas adds to a file that was handed in again', async () => {
    const { submissions } = await intakeZip({ name: 'lovelaceada_4_99_page_alloc-2.ts', content: CODE });
    expect(paths(submissions[0])).toEqual(['page_alloc.ts']);
    expect(submissions[0]?.problems).toEqual([]);
  });

  test('keeps both names when both are current, and says so', async () => {
    const { submissions } = await intakeZip(
      { name: 'lovelaceada_4_98_page_alloc.ts', content: 'old' },
      { name: 'lovelaceada_4_99_page_alloc-1.ts', content: 'new' },
    );
    expect(paths(submissions[0])).toEqual(['page_alloc-1.ts', 'page_alloc.ts']);
    expect(submissions[0]?.problems).toEqual([
      {
        entry: 'lovelaceada_4_99_page_alloc-1.ts',
        says: '"page_alloc-1.ts" and "page_alloc.ts" were handed in together, so each keeps its own name. Hand in each file once.',
      },
    ]);
  });

  test('lists what has no ids as unmatched', async () => {
    const read = await intakeZip(
      { name: 'lovelaceada_4_99_a.ts', content: CODE },
      { name: 'hoppergrace_5_98_a.ts', content: CODE },
      { name: 'notes.txt', content: 'x' },
    );
    expect(keys(read)).toEqual(['hoppergrace-5', 'lovelaceada-4']);
    expect(read.unmatched).toEqual([
      { entry: 'notes.txt', says: 'This entry has no ids of a student and an attachment as Canvas writes them.' },
    ]);
  });

  test('opens a zip that was handed in', async () => {
    const hw = rawZip([{ name: 'hw3/mm/page_alloc.ts', content: CODE }]);
    const { submissions } = await intakeZip({ name: 'lovelaceada_4_99_hw3-1.zip', content: hw });
    expect(paths(submissions[0])).toEqual(['mm/page_alloc.ts']);
  });
});

describe('intake of a zip of folders', () => {
  test('looks through a folder around the class, not through the folder of a student', async () => {
    const inClass = [
      { name: 'class/ada/page_alloc.ts', content: CODE },
      { name: 'class/bob.zip', content: rawZip([{ name: 'page_alloc.ts', content: CODE }]) },
    ];
    expect(keys(await intakeZip(...inClass))).toEqual(['ada', 'bob']);
    const ofOne = [
      { name: 'ada/mm/page_alloc.ts', content: CODE },
      { name: 'ada/fs/proc.ts', content: CODE },
    ];
    const read = await intakeZip(...ofOne);
    expect(keys(read)).toEqual(['ada']);
    expect(paths(read.submissions[0])).toEqual(['fs/proc.ts', 'mm/page_alloc.ts']);
  });

  test('lists a lone file as unmatched', async () => {
    const { unmatched } = await intakeZip(
      { name: 'ada/page_alloc.ts', content: CODE },
      { name: 'bob/page_alloc.ts', content: CODE },
      { name: 'roster.csv', content: 'x' },
    );
    expect(unmatched).toEqual([{ entry: 'roster.csv', says: "This file is in no student's folder." }]);
  });

  test('refuses a shape that nobody knows, with two of its names', async () => {
    const error = await refusal(intakeZip({ name: 'hw1.ts' }, { name: 'hw2.ts' }, { name: 'hw3.ts' }));
    expect(error.code).toBe('INTAKE_UNKNOWN_LAYOUT');
    expect(error.message).toContain('it holds "hw1.ts" and "hw2.ts"');
    for (const known of ['one folder for each student', 'Moodle', 'Canvas']) expect(error.message).toContain(known);
  });

  test('decodes the names of old zips as code page 437', async () => {
    const name = Buffer.from([...Buffer.from('Andr'), 0x82, ...Buffer.from('/page_alloc.ts')]);
    const { submissions } = await intakeZip({ name, content: CODE }, { name: 'bob/a.ts', content: CODE });
    expect(submissions.map(({ key, who }) => [key, who])).toEqual([
      ['andre', 'André'],
      ['bob', 'bob'],
    ]);
  });

  test('makes distinct, portable keys of awkward names', async () => {
    const names = ['CON', 'con', 'Ada', 'ÅDA', 'ada-2', '李雷', 'Weiß, O’Neil', '$(reboot)', '-'];
    const read = await intakeZip(...names.map((name) => ({ name: `${name}/a.ts`, content: CODE })));
    expect(Object.fromEntries(read.submissions.map(({ key, who }) => [who, key]))).toEqual({
      CON: 'student-con',
      con: 'student-con-2',
      Ada: 'ada',
      ÅDA: 'ada-3',
      'ada-2': 'ada-2',
      李雷: 'student-2',
      'Weiß, O’Neil': 'weiss-oneil',
      '$(reboot)': 'reboot',
      '-': 'student',
    });
  });
});

describe('intake refuses the whole source', () => {
  test.each([
    ['leads out of its folder with ".."', { name: 'ada/../../evil.ts' }],
    ['has an absolute path', { name: '/etc/passwd' }],
    ['names a drive', { name: 'C:/evil.ts' }],
    ['has a backslash in its name', { name: 'ada\\evil.ts' }],
    ['has a backslash in its name', { name: '\\\\server\\share' }],
    ['has a control character in its name', { name: 'ada/a\u0000.ts' }],
    ['has a control character in its name', { name: 'ada/a\n.ts' }],
    ['is a symbolic link', { name: 'ada/link.ts', content: '/etc/passwd', mode: 0o120777 }],
    ['is neither a file nor a folder', { name: 'ada/pipe', mode: 0o010644 }],
    ['is encrypted', { name: 'ada/secret.ts', flags: 1 }],
    ['has a name longer than 1024 characters', { name: `ada/${'x'.repeat(1_021)}` }],
    ['holds more than the archive says', { name: 'ada/liar.ts', content: 'x'.repeat(5_000), declaredBytes: 10 }],
  ])('when an entry %s', async (reason, entry) => {
    const error = await refusal(intakeZip({ name: 'bob/a.ts', content: CODE }, entry));
    expect(error.code).toBe('INTAKE_UNSAFE');
    const name = entry.name.length > 120 ? `${entry.name.slice(0, 117)}...` : entry.name;
    expect(error.message).toContain(`its entry ${JSON.stringify(name)} ${reason}`);
    expect(readdirSync(folder)).toEqual(['class.zip']);
  });

  test('when it claims more entries than are ever read', async () => {
    const error = await refusal(intake(put('class.zip', emptyZipClaiming(70_000))));
    expect(error.code).toBe('INTAKE_UNSAFE');
    expect(error.message).toContain('holds 70000 entries; at most 65535 are read');
  });

  test('when it is cut short, at every length', async () => {
    const whole = rawZip([{ name: 'ada/a.ts', content: CODE }]);
    for (let length = 0; length < whole.length; length += 7) {
      const error = await refusal(intake(put('class.zip', whole.subarray(0, length))));
      expect(error.code).toBe('INTAKE_UNREADABLE');
      expect(error.message).toContain('"class.zip" is no complete zip archive');
    }
  });

  test('or reads it, but never breaks down, whichever byte of it is damaged', async () => {
    const inner = rawZip([{ name: 'mm/a.ts', content: CODE }]);
    const whole = rawZip([
      { name: 'ada/hw.zip', content: inner, method: 0 },
      { name: 'bob/a.ts', content: CODE },
    ]);
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      const outcome = await intake(put('class.zip', damaged)).catch((error) => error);
      if (outcome instanceof GraderError) expect(outcome.code).toMatch(/^INTAKE_(UNREADABLE|UNSAFE)$/);
      else expect(outcome.system).toBe('folder');
    }
  });

  test('when the bytes of an entry are damaged', async () => {
    const error = await refusal(intakeZip({ name: 'ada/a.ts', content: CODE, declaredCrc: 1 }));
    expect(error.code).toBe('INTAKE_UNREADABLE');
    expect(error.message).toContain('has an entry "ada/a.ts" that is damaged (its checksum does not match)');
  });

  test('when it is not an archive, not there, or empty', async () => {
    expect((await refusal(intake(put('class.pdf', '%PDF-1.7 and more')))).code).toBe('INTAKE_UNREADABLE');
    expect((await refusal(intake(join(folder, 'gone.zip')))).code).toBe('INTAKE_NOT_FOUND');
    expect((await refusal(intakeZip())).code).toBe('INTAKE_EMPTY');
    expect((await refusal(intakeZip({ name: '__MACOSX/ada/._a.ts' }))).code).toBe('INTAKE_EMPTY');
    mkdirSync(join(folder, 'empty'));
    expect((await refusal(intake(join(folder, 'empty')))).code).toBe('INTAKE_EMPTY');
  });
});

describe('intake keeps the fault of one student with that student', () => {
  const again = 'Pack the files again as one ordinary zip.';

  test.each([
    [
      'leads out',
      [{ name: '../evil.ts' }],
      'was not unpacked: its entry "../evil.ts" leads out of its folder with ".."',
    ],
    ['is a link', [{ name: 'a.ts', mode: 0o120777 }], 'was not unpacked: its entry "a.ts" is a symbolic link'],
    ['is encrypted', [{ name: 'a.ts', flags: 1 }], 'was not unpacked: its entry "a.ts" is encrypted'],
    ['is empty', [], 'is empty'],
    ['holds only junk', [{ name: '__MACOSX/._a.ts' }], 'is empty'],
  ])('when the zip that was handed in %s', async (_, entries, reason) => {
    const submission = await ada(handedIn(...entries));
    expect(submission?.files).toEqual([]);
    expect(submission?.problems).toEqual([{ entry: 'ada/hw.zip', says: `"hw.zip" ${reason}. ${again}` }]);
  });

  test('when the zip that was handed in is cut short, or no zip at all', async () => {
    const whole = rawZip([{ name: 'a.ts', content: CODE }]);
    for (const content of [whole.subarray(0, whole.length - 9), new Uint8Array(), Buffer.from('MZ nothing')]) {
      const submission = await ada({ name: 'ada/hw.zip', content, method: 0 });
      expect(submission?.files).toEqual([]);
      expect(says(submission)?.[0]).toContain('"hw.zip" is no complete zip archive');
    }
  });

  test('when one entry of the zip lies or is damaged, and takes the others', async () => {
    const submission = await ada(
      handedIn(
        { name: 'damaged.ts', content: CODE, declaredCrc: 1 },
        { name: 'good.ts', content: CODE },
        { name: 'liar.ts', content: 'x'.repeat(5_000), declaredBytes: 10 },
        { name: 'odd.ts', content: CODE, method: 9 },
        { name: 'short.ts', content: CODE, declaredBytes: 5_000 },
      ),
    );
    expect(paths(submission)).toEqual(['good.ts']);
    const left = 'It was left out: hand in the plain source file.';
    expect(submission?.problems).toEqual([
      { entry: 'ada/hw.zip!/damaged.ts', says: `"damaged.ts" is damaged (its checksum does not match). ${left}` },
      { entry: 'ada/hw.zip!/liar.ts', says: `"liar.ts" holds more than the archive says. ${left}` },
      { entry: 'ada/hw.zip!/odd.ts', says: `"odd.ts" is packed by a method (9) that is not read here. ${left}` },
      { entry: 'ada/hw.zip!/short.ts', says: `"short.ts" is cut short. ${left}` },
    ]);
  });

  test('when a file is a bomb of zeros, whatever it says about its size', async () => {
    const zeros = new Uint8Array(3 * 2 ** 20);
    const large = new Uint8Array(5 * 2 ** 20);
    const submission = await ada(
      { name: 'ada/a.ts', content: CODE },
      { name: 'ada/large.ts', content: large },
      { name: 'ada/zeros.ts', content: zeros },
      handedIn({ name: 'inner.ts', content: zeros }, { name: 'liar.ts', content: zeros, declaredBytes: 2 * 2 ** 20 }),
    );
    expect(paths(submission)).toEqual(['a.ts']);
    const left = 'It was left out: hand in the plain source file.';
    expect(says(submission)).toEqual([
      `"inner.ts" grows more than 100-fold when it is opened. ${left}`,
      `"liar.ts" grows more than 100-fold when it is opened. ${left}`,
      `"large.ts" is larger than 4 MiB. ${left}`,
      `"zeros.ts" grows more than 100-fold when it is opened. ${left}`,
    ]);
  });

  test('when the files are too large in all, or too many, or too many zips', async () => {
    const content = new Uint8Array(3.5 * 2 ** 20);
    const sizes = [1, 2, 3, 4, 5].map((n) => ({ name: `ada/${n}.ts`, content, method: 0 }));
    const large = await ada(...sizes);
    expect(paths(large)).toEqual(['1.ts', '2.ts', '3.ts', '4.ts']);
    expect(says(large)).toEqual(['The files are larger than 16 MiB in all; this one was left out.']);

    const names = Array.from({ length: 1_030 }, (_, n) => ({ name: `f${1_000 + n}.ts`, content: 'x' }));
    const many = await ada(handedIn(...names));
    expect(many?.files).toHaveLength(1_000);
    expect(many?.problems).toHaveLength(21);
    expect(many?.problems.at(-1)).toEqual({ entry: '', says: '10 more files have problems like these.' });

    const zips = Array.from({ length: 9 }, (_, n) => ({
      name: `ada/${n}.zip`,
      content: rawZip([{ name: `${n}.ts`, content: CODE }]),
    }));
    const packed = await ada(...zips);
    expect(packed?.files).toHaveLength(8);
    expect(says(packed)).toEqual([`"8.zip" was not opened: there are more than 8 zips. ${again}`]);
  });

  test('when a zip is inside the zip, or the archive is not a zip', async () => {
    const submission = await ada(
      handedIn({ name: 'a.ts', content: CODE }, { name: 'deep.zip', content: rawZip([{ name: 'b.ts' }]) }),
      { name: 'ada/hw.tar.gz', content: 'x' },
    );
    expect(paths(submission)).toEqual(['a.ts']);
    expect(submission?.problems).toEqual([
      {
        entry: 'ada/hw.tar.gz',
        says: '"hw.tar.gz" is an archive that is not opened: only zip is. Hand in the files, or one zip of them.',
      },
      {
        entry: 'ada/hw.zip!/deep.zip',
        says: '"deep.zip" is a zip inside a zip, which is not opened. Hand in one zip of the files themselves.',
      },
    ]);
  });

  test('when two names differ only in case, or in how an accent is written', async () => {
    const submission = await ada(
      { name: 'ada/Page.ts', content: 'first' },
      { name: 'ada/page.ts', content: 'second' },
      { name: 'ada/re\u0301sume\u0301.ts', content: 'apart' },
      { name: 'ada/r\u00e9sum\u00e9.ts', content: 'joined' },
    );
    expect(submission?.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([
      ['Page.ts', 'first'],
      ['r\u00e9sum\u00e9.ts', 'apart'],
    ]);
    expect(says(submission)).toEqual([
      '"Page.ts" and "page.ts" are one name on many systems; only the first was taken. Hand in each file once.',
      '"résumé.ts" and "résumé.ts" are one name on many systems; only the first was taken. Hand in each file once.',
    ]);
  });
});

describe('intake of what is inside a submission', () => {
  test('takes off folders that are around everything, but none of the kernel’s own', async () => {
    expect(paths(await ada({ name: 'ada/hw/final/mm/page_alloc.ts', content: CODE }))).toEqual(['mm/page_alloc.ts']);
    expect(paths(await ada({ name: 'ada/mm/page_alloc.ts', content: CODE }))).toEqual(['mm/page_alloc.ts']);
    const inZip = await ada(handedIn({ name: 'hw/mm/a.ts' }), { name: 'ada/README.md' });
    expect(paths(inZip)).toEqual(['README.md', 'mm/a.ts']);
    expect(paths(await ada({ name: 'ada/x/a.ts' }, { name: 'ada/b.ts' }))).toEqual(['b.ts', 'x/a.ts']);
  });

  test('reads names with dots and double slashes as what they mean', async () => {
    expect(paths(await ada(handedIn({ name: './mm//page_alloc.ts', content: CODE })))).toEqual(['mm/page_alloc.ts']);
  });

  test('lays the files of a zip where the zip stood', async () => {
    const submission = await ada(
      { name: 'ada/docs/figures.zip', content: rawZip([{ name: 'a.txt' }]) },
      { name: 'ada/mm/page_alloc.ts', content: CODE },
    );
    expect(paths(submission)).toEqual(['docs/a.txt', 'mm/page_alloc.ts']);
  });

  test('gives the same twice', async () => {
    const zip = join(fixtures, 'moodle-folders.zip');
    expect(await intake(zip)).toEqual(await intake(zip));
  });
});
