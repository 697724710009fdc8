import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraderError } from '../../errors.ts';
import { openZip } from '../../lms/archive/read.ts';
import type { Graded } from '../../lms/grades/graded.ts';
import { importComment, importGradebook } from '../../lms/tests/canvas-import.ts';
import { importFeedback, importWorksheet } from '../../lms/tests/moodle-import.ts';
import type { Origin } from '../../model/submission.ts';
import { type Bundle, bundle, type GradedClass } from '../bundle.ts';
import { intake } from '../intake.ts';

const fixtures = join(__dirname, '..', '..', 'lms', 'tests', 'fixtures');
const fixture = (name: string) => readFileSync(join(fixtures, name));

/** Out of 100 points, with a page of feedback. */
function graded(key: string, who: string, origin: Origin, milli: number | null, comment = ''): Graded {
  const feedback = new Map([
    ['feedback.html', `<p>${key}</p>`],
    ['feedback.md', `# ${key}`],
  ]);
  return {
    submission: { key, who, origin },
    points: milli === null ? null : { milli, maxMilli: 100_000 },
    comment,
    feedback,
  };
}

const ofMoodle = (who: string, participant: string | null, milli: number | null, comment = '') =>
  graded(
    `${who.toLowerCase()}-${participant ?? 'none'}`,
    who,
    { system: 'moodle', participant, folder: [who, ...(participant ?? []), 'assignsubmission', 'file'].join('_') },
    milli,
    comment,
  );

function ofCanvas(who: string, user: string, milli: number | null, ...entries: string[]): Graded {
  return graded(`${who}-${user}`, who, { system: 'canvas', user, anonymous: false, entries }, milli);
}

function file(text: string | Uint8Array) {
  return { name: 'grades.csv', bytes: Buffer.from(text) };
}

function moodle(all: readonly Graded[], worksheet: string | Uint8Array | null): Promise<Bundle> {
  return bundle({
    system: 'moodle',
    graded: all,
    gradeFile: worksheet === null ? null : file(worksheet),
    column: null,
  });
}

function canvas(all: readonly Graded[], gradebook: string, column: string | null = null): Promise<Bundle> {
  return bundle({ system: 'canvas', graded: all, gradeFile: file(gradebook), column });
}

function textOf({ files }: Bundle, name: string): string | undefined {
  const bytes = files.get(name);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

async function unzipped(bytes: Uint8Array = new Uint8Array()): Promise<[string, string][]> {
  const zip = await openZip(bytes);
  if (zip.kind !== 'opened') throw new Error(zip.says);
  const files: [string, string][] = [];
  for (const { path, read } of zip.entries) {
    const content = await read(1_000_000);
    if (content.kind !== 'bytes') throw new Error(content.says);
    files.push([path, Buffer.from(content.bytes).toString()]);
  }
  zip.close();
  return files;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GraderError && error.code === 'BUNDLE_TEMPLATE') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

const AGAIN =
  'If Moodle reports fewer updates than there are grades, upload the worksheet again with "Allow updating records that have been modified more recently in Moodle than in the spreadsheet" ticked.';

const WORKSHEET = [
  'Identifier,"Full name",Grade,"Maximum grade","Grade can be changed","Last modified (grade)","Feedback comments"',
  '"Participant 4","Ada",,100.00,Yes,-,',
  '"Participant 8","Bob ""B"" _",12.00,100.00,Yes,"Sunday, 22 November 2026, 7:11 PM","<p>kept</p>"',
  '',
].join('\n');

describe('bundle for Moodle', () => {
  test('fills in what Moodle 4.5 wrote, and Moodle reads every grade and comment back', async () => {
    const { submissions } = await intake(join(fixtures, 'moodle-folders.zip'));
    const comment = 'Path "C:\\temp\\"\n-2 & <more> \\';
    const all = submissions.map((submission, i) => ({
      ...graded(submission.key, submission.who, submission.origin, 80_005 + i * 1_000),
      comment,
    }));
    const packed = await moodle(all, fixture('moodle-worksheet.csv'));
    const { grades, comments } = importWorksheet(packed.files.get('moodle-worksheet.csv') ?? new Uint8Array());
    expect(Object.fromEntries(grades)).toEqual({
      4: 80.01,
      8: 81.01,
      6: 82.01,
      5: 83.01,
      3: 84.01,
      2: 85.01,
      1: 86.01,
    });
    const html = '<p>Path &quot;C:&#92;temp&#92;&quot;<br>-2 &amp; &lt;more&gt; &#92;</p>';
    expect(Object.fromEntries(comments)).toEqual({
      4: html,
      8: html,
      6: html,
      5: html,
      3: html,
      2: html,
      1: html,
      7: '',
    });
    expect(packed.notes).toEqual([
      'These participants have no submission; their rows were left alone: Grace Hopper (Participant 7).',
      AGAIN,
    ]);
    const reached = importFeedback((await unzipped(packed.files.get('moodle-feedback.zip'))).map(([path]) => path));
    expect(reached.sort()).toEqual([1, 2, 3, 4, 5, 6, 8].flatMap((id) => [`${id}/feedback.html`, `${id}/feedback.md`]));
  });

  test('changes those cells and no other byte', async () => {
    const source = `\ufeff${WORKSHEET.replaceAll('\n', '\r\n')}`;
    const packed = await moodle([ofMoodle('Ada', '4', 87_500, 'Good.')], source);
    expect(textOf(packed, 'moodle-worksheet.csv')).toBe(
      source.replace('"Ada",,100.00,Yes,-,', '"Ada",87.5,100.00,Yes,-,"<p>Good.</p>"'),
    );
  });

  test('keeps a comment that stands there when it has none of its own', async () => {
    const packed = await moodle([ofMoodle('Bob B', '8', 50_000)], WORKSHEET);
    expect(textOf(packed, 'moodle-worksheet.csv')).toBe(WORKSHEET.replace('_",12.00', '_",50'));
  });

  test.each([',', ';', '\t'])('reads a worksheet with %j between its cells', async (delimiter) => {
    const source = ['Identifier,Grade,Maximum grade,Last modified (grade)', 'Participant 4,,20.00,-', ''].join('\n');
    const packed = await moodle([ofMoodle('Participant 4', '4', 50_000)], source.replaceAll(',', delimiter));
    expect(textOf(packed, 'moodle-worksheet.csv')?.split('\n')[1]).toBe(
      ['Participant 4', '10', '20.00', '-'].join(delimiter),
    );
    expect(packed.notes).toContain('Points were scaled to the maximum grade of the worksheet: 20.00.');
  });

  test('fills in a blind worksheet by number', async () => {
    const { submissions } = await intake(join(fixtures, 'moodle-blind.zip'));
    const all = submissions.map(({ key, who, origin }) => graded(key, who, origin, 50_000));
    const packed = await moodle(all, fixture('moodle-worksheet-blind.csv'));
    const { grades } = importWorksheet(packed.files.get('moodle-worksheet.csv') ?? new Uint8Array());
    expect([...grades.keys()].sort()).toEqual(['10', '11', '12', '13', '14', '15', '16']);
  });

  test('finds the grade of a worksheet in another language beside the maximum, and writes no comment', async () => {
    const source = [
      'ID,"Vollständiger Name",Bewertung,Bestwertung,"Zuletzt geändert"',
      '"Teilnehmer/in 4",Ada,,"100,00",-',
      '"Teilnehmer/in 8",Bob,,"100,00",-',
      '',
    ].join('\n');
    const packed = await moodle([ofMoodle('Ada', '4', 87_500, 'Good.')], source);
    expect(textOf(packed, 'moodle-worksheet.csv')).toBe(source.replace('Ada,,', 'Ada,87.5,'));
    expect(packed.notes).toContain(
      'The worksheet has no column "Feedback comments" in English, so only grades were written.',
    );
  });

  test('never gives a team’s grade to the participant with the same number', async () => {
    const source = [
      'Identifier,"Full name",Group,Grade,"Maximum grade","Last modified (grade)"',
      '"Participant 7",Stranger,"Team B",,100.00,-',
      '"Participant 8",Ada,Team_A,,100.00,-',
      '"Participant 9",Bob,Team_A,,100.00,-',
      '',
    ].join('\n');
    const packed = await moodle([ofMoodle('Team A', '7', 90_000), ofMoodle('Default group', null, 10_000)], source);
    const { grades } = importWorksheet(packed.files.get('moodle-worksheet.csv') ?? new Uint8Array());
    expect(Object.fromEntries(grades)).toEqual({ 8: 90, 9: 90 });
    expect(packed.notes).toEqual([
      'No row of the worksheet fits these submissions; enter their grades by hand: Default group (default group-none).',
      'These participants have no submission; their rows were left alone: Stranger (Participant 7).',
      'The worksheet has no column "Feedback comments" in English, so only grades were written.',
      'These are teams. Feedback files reach all members of a team in Moodle 4.5 or later, while older versions may give them to strangers: upload the feedback of one team first, and look who got it.',
      AGAIN,
      'Moodle takes feedback files by number, and these have none; give them theirs by hand: Default group (default group-none).',
    ]);
  });

  test('never writes a grade for a broken result, nor one out of range, a locked one or a doubtful one', async () => {
    const source = [
      'Identifier,"Full name",Grade,"Maximum grade","Grade can be changed","Last modified (grade)"',
      ...['1,Broken', '2,High', '3,Low', '5,Twice', '5,Twice'].map((row) => `Participant ${row},,100.00,Yes,-`),
      'Participant 4,Locked,,100.00,No,-',
      '',
    ].join('\n');
    const all = [
      ofMoodle('Broken', '1', null),
      ofMoodle('High', '2', 100_001),
      ofMoodle('Low', '3', -1),
      ofMoodle('Locked', '4', 50_000),
      ofMoodle('Twice', '5', 50_000),
      ofMoodle('Gone', '6', 50_000),
    ];
    const packed = await moodle(all, source);
    expect(textOf(packed, 'moodle-worksheet.csv')).toBe(source);
    expect(packed.notes.slice(0, 5)).toEqual([
      'Grading broke down on these, through no fault of theirs; they get neither grade nor feedback: Broken (broken-1).',
      'The points of these are out of range; they get neither grade nor feedback: High (high-2), Low (low-3).',
      'No row of the worksheet fits these submissions; enter their grades by hand: Twice (twice-5), Gone (gone-6).',
      'These participants stand in the worksheet more than once and were left alone: 5.',
      'Moodle says that these grades cannot be changed, so they were left alone: Locked (Participant 4).',
    ]);
    const names = (await unzipped(packed.files.get('moodle-feedback.zip'))).map(([path]) => path.split('_')[0]);
    expect([...new Set(names)]).toEqual(['Gone', 'Locked', 'Twice']);
  });

  test('without a worksheet packs the feedback, and says how to get one', async () => {
    const packed = await moodle([ofMoodle('Ada', '4', 50_000)], null);
    expect([...packed.files.keys()]).toEqual(['moodle-feedback.zip', 'summary.csv']);
    expect(packed.notes).toHaveLength(1);
    expect(packed.notes[0]).toContain('"Download grading worksheet"');
    expect(packed.notes[0]).toContain('osgrade bundle <results folder> --gradebook FILE');
  });

  test('puts feedback of typed text and of older folders where Moodle finds it', async () => {
    const origin = (folder: string): Origin => ({ system: 'moodle', participant: '4', folder });
    for (const folder of ['Ada_4_assignsubmission_onlinetext', 'Ada_4_assignsubmission_file_']) {
      const packed = await moodle([graded('ada-4', 'Ada', origin(folder), 0)], null);
      expect((await unzipped(packed.files.get('moodle-feedback.zip')))[0]?.[0]).toBe(
        'Ada_4_assignfeedback_file/feedback.html',
      );
    }
  });
});

const GRADEBOOK = [
  '\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Notes,HW 1 (23),HW 3 (42),Assignments Current Score,Final Score (2025)',
  ',,,,,,,Manual Posting,,',
  '    Points Possible,,,,,,10.00,100.00,(read only),(read only)',
  '"Lovelace, Ada",4,0004,ada,"A, and B",x,9.00,,90,90',
  '"=""=SUM(1+1)""",5,0005,sum,A,,8.00,50.00,80,80',
  '"Hopper, Grace",6,0006,grace,A,,7.00,EX,70,70',
  '"Torvalds, Linus",7,0007,linus,A,,6.00,60,60,60',
  '',
].join('\n');

describe('bundle for Canvas', () => {
  const ada = ofCanvas('lovelaceada', '4', 87_505, 'lovelaceada_4_99_page_alloc.ts');
  const linus = ofCanvas('torvaldslinus', '7', 60_000, 'torvaldslinus_LATE_7_8_hw.zip', 'torvaldslinus_LATE_7_9_a.ts');

  test('uploads the least that says it, and Canvas reads it back', async () => {
    const packed = await canvas([ada, ofCanvas('sum', '5', 75_000)], GRADEBOOK, '42');
    expect(textOf(packed, 'canvas-gradebook.csv')).toBe(
      [
        'Student,ID,SIS User ID,SIS Login ID,Section,HW 3 (42)',
        '    Points Possible,,,,,100.00',
        '"Lovelace, Ada",4,0004,ada,"A, and B",87.51',
        '"=""=SUM(1+1)""",5,0005,sum,A,75',
        '',
      ].join('\n'),
    );
    expect(importGradebook(packed.files.get('canvas-gradebook.csv') ?? new Uint8Array())).toEqual([
      '42: 4: 87.51',
      '42: 5: 75',
    ]);
    expect(packed.notes[0]).toBe(
      'These students have no submission and were left alone: Hopper, Grace, Torvalds, Linus.',
    );
  });

  test.each(['42', 'HW 3', 'HW 3 (42)'])('takes the assignment as %s', async (column) => {
    expect(textOf(await canvas([ada], GRADEBOOK, column), 'canvas-gradebook.csv')).toContain('HW 3 (42)');
  });

  test('writes with semicolons where the export has them, and never quotes the first cell', async () => {
    const source = '"Student";ID;Section;HW 3 (42)\n    Points Possible;;;"20,00"\n"Lovelace, Ada";4;A;"8,5"\n';
    const packed = await canvas([ada], source);
    expect(textOf(packed, 'canvas-gradebook.csv')).toBe(
      'Student;ID;Section;HW 3 (42)\n    Points Possible;;;"20,00"\n"Lovelace, Ada";4;A;17.5\n',
    );
    expect(packed.notes).toContain('Points were scaled to the 20 that "HW 3" has in Canvas.');
  });

  test('writes the layout with last and first names as it is', async () => {
    const source = 'LastName,FirstName,ID,Section,HW 3 (42)\n    Points Possible,,,,100\nLovelace,Ada,4,A,\n';
    expect(textOf(await canvas([ada], source), 'canvas-gradebook.csv')).toBe(source.replace('A,\n', 'A,87.51\n'));
  });

  test('leaves alone the excused, the unchanged, the unknown and the anonymous', async () => {
    const anonymous: Origin = { system: 'canvas', user: '4', anonymous: true, entries: ['anon_4_5_a.ts'] };
    const all = [
      ofCanvas('hoppergrace', '6', 90_000),
      linus,
      ofCanvas('nobody', '99', 90_000),
      graded('anon-4', 'Anonymous 4', anonymous, 90_000),
      ofCanvas('broken', '4', null, 'broken_4_1_a.ts'),
    ];
    const packed = await canvas(all, GRADEBOOK, '42');
    expect([...packed.files.keys()]).toEqual(['canvas-comments.zip', 'summary.csv']);
    expect(packed.notes.slice(0, 5)).toEqual([
      'Grading broke down on these, through no fault of theirs; they get neither grade nor feedback: broken (broken-4).',
      'No row of the gradebook fits these submissions; enter their grades by hand: nobody (nobody-99), Anonymous 4 (anon-4).',
      'These students are excused or not assigned in Canvas, and were left alone: Hopper, Grace.',
      'These students have no submission and were left alone: =SUM(1+1).',
      'Canvas has all these scores already: there is nothing to upload.',
    ]);
  });

  test('answers each student in the place of a file that was handed in', async () => {
    const text = ofCanvas('oneilpat', '9', 0, 'oneilpat_9_text.html', 'oneilpat_9_link.html');
    const packed = await canvas([ada, linus, text], GRADEBOOK, '42');
    const [first, second, ...none] = await unzipped(packed.files.get('canvas-comments.zip'));
    expect(first).toEqual(['lovelaceada_4_99_page_alloc.ts', '# lovelaceada-4']);
    expect(second?.[0]).toBe('torvaldslinus_LATE_7_8_hw.zip');
    expect(none).toEqual([]);
    expect([first, second].map((entry) => importComment(entry?.[0] ?? ''))).toEqual([
      '4/99/page_alloc.ts',
      '7/8/hw.zip',
    ]);
    expect(packed.notes.at(-1)).toBe(
      'Canvas takes files back only for files, and these handed in none; give them theirs by hand: oneilpat (oneilpat-9).',
    );
  });

  test('answers a zip with a zip of all feedback files', async () => {
    const packed = await canvas([linus], GRADEBOOK, '42');
    const outer = await openZip(packed.files.get('canvas-comments.zip') ?? new Uint8Array());
    if (outer.kind !== 'opened') throw new Error(outer.says);
    const inner = await outer.entries[0]?.read(1_000_000);
    outer.close();
    if (inner?.kind !== 'bytes') throw new Error('no answer');
    expect(await unzipped(inner.bytes)).toEqual([
      ['feedback.html', '<p>torvaldslinus-7</p>'],
      ['feedback.md', '# torvaldslinus-7'],
    ]);
  });

  test.each([
    [null, 'has several assignments that could be meant, so say which by its id: "HW 1 (23)", "HW 3 (42)"'],
    ['HW 2', 'has no assignment "HW 2"; it has "HW 1 (23)", "HW 3 (42)"'],
  ])('asked for %j, says what there is', async (column, says) => {
    expect(await refusal(canvas([ada], GRADEBOOK, column))).toContain(says);
  });

  test('refuses an assignment that Canvas takes for one of its totals', async () => {
    const source = 'Student,ID,Section,Final Grade Project (42)\n    Points Possible,,,100\nAda,4,A,\n';
    expect(await refusal(canvas([ada], source))).toContain('never imports. Rename it in Canvas');
  });

  test('without possible points in Canvas, writes points as they are', async () => {
    const packed = await canvas([ada], 'Student,ID,Section,HW 3 (42)\n    Points Possible,,,0\nAda,4,A,\n');
    expect(textOf(packed, 'canvas-gradebook.csv')).toContain('Ada,4,A,87.51\n');
    expect(packed.notes).toContain('"HW 3" has no possible points in Canvas, so points were not scaled.');
  });
});

describe('bundle refuses a grade file', () => {
  const MOODLE_HEADER = 'Identifier,Grade,Maximum grade,Last modified (grade)';

  test.each([
    ['has 3 cells in row 2 ("Participant 4"), but 4 columns', `${MOODLE_HEADER}\nParticipant 4,50,100.00\n`],
    ['is text in UTF-16', Buffer.from(`\ufeff${MOODLE_HEADER}\n`, 'utf16le')],
    ['is not text in UTF-8', Buffer.from(`${MOODLE_HEADER}\n`, 'utf16le')],
    ['is not text in UTF-8', Buffer.from(`${MOODLE_HEADER}\nTeilnehmer für,1,1,1`, 'latin1')],
    ['is a PDF, not a CSV file', '%PDF-1.7\n'],
    ['is an Excel file or a zip, not a CSV file', 'PK\u0003\u0004 and more'],
    ['is an old Excel file, not a CSV file', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])],
    ['is empty', ''],
    ['has no columns parted by comma, semicolon or tab', 'Identifier|Grade|Maximum grade\n'],
    ['line 2 has a quote that is never closed', `${MOODLE_HEADER}\n"Participant 4,,,\n`],
    [
      'is no grading worksheet of Moodle: its columns begin with Student, ID, Section',
      GRADEBOOK.replaceAll(',SIS User ID,SIS Login ID', '')
        .split('\n')[0]
        ?.replace(/,Section.*/, ',Section\n') ?? '',
    ],
    [
      'is graded with a scale, not with points',
      'Identifier,Grade,Scale,Last modified (grade)\nParticipant 4,,Good,-\n',
    ],
    ['has a row whose identifier is "4"', `${MOODLE_HEADER}\n4,,100.00,-\n`],
    ['has the maximum grade "many", which is no number of points', `${MOODLE_HEADER}\nParticipant 4,,many,-\n`],
  ])('of Moodle that %s', async (says, source) => {
    const message = await refusal(moodle([ofMoodle('Participant 4', '4', 50_000)], source));
    expect(message).toContain(`The grade file "grades.csv" `);
    expect(message).toContain(says);
    expect(message).toContain('Download it again from the LMS');
  });

  test('that is of another assignment or another course', async () => {
    const other = await refusal(moodle([ofMoodle('Ada', '5', 50_000)], WORKSHEET));
    expect(other).toContain('fits none of the submissions');
    const course = await refusal(canvas([ofCanvas('nobody', '99', 90_000)], GRADEBOOK, '42'));
    expect(course).toContain('has none of the students who handed in');
  });

  test.each([
    ['is no gradebook export of Canvas: its columns begin with Identifier, Grade, Maximum grade', `${MOODLE_HEADER}\n`],
    ['has no row "Points Possible" above the students', 'Student,ID,Section,HW (4)\nAda,4,A,\n'],
    ['has no assignment column; it has no assignments', 'Student,ID,Section\n    Points Possible,,\nAda,4,A\n'],
  ])('of Canvas that %s', async (says, source) => {
    expect(await refusal(canvas([], source))).toContain(says);
  });
});

describe('bundle', () => {
  const folder = (key: string, who: string, milli: number | null) =>
    graded(key, who, { system: 'folder', folder: who }, milli);

  test('gives a plain folder its feedback by key, and no grade file', async () => {
    const all: GradedClass = {
      system: 'folder',
      graded: [folder('ada', 'Ada', 50_000)],
      gradeFile: file('a,b,c'),
      column: null,
    };
    const packed = await bundle(all);
    expect([...packed.files.keys()]).toEqual(['feedback.zip', 'summary.csv']);
    expect((await unzipped(packed.files.get('feedback.zip'))).map(([path]) => path)).toEqual([
      'ada/feedback.html',
      'ada/feedback.md',
    ]);
    expect(packed.notes[0]).toContain('without the ids of an LMS');
  });

  test('writes a summary in which no name can start a formula', async () => {
    const names = ['=1+1', '+1', '-1', '@x', '\tx', '\rx', 'a "b"', "O'Neil"];
    const all = [...names.map((name) => folder('k', name, 87_505)), folder('b', 'Broken', null)];
    const packed = await bundle({ system: 'folder', graded: all, gradeFile: null, column: null });
    expect(textOf(packed, 'summary.csv')).toBe(
      [
        '\ufeff"Key","Name","Points","Out of","State"',
        ...["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", 'a ""b""', "O'Neil"].map(
          (name) => `"k","${name}","87.51","100","graded"`,
        ),
        '"b","Broken","","","not graded"',
        '',
      ].join('\r\n'),
    );
  });

  test('gives the same bytes twice', async () => {
    const all = [ofMoodle('Ada', '4', 50_000), ofMoodle('Bob B', '8', 60_000)];
    expect(await moodle(all, WORKSHEET)).toEqual(await moodle(all, WORKSHEET));
  });
});
