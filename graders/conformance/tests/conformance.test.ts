import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { conformance } from '../conformance.ts';

const RECORDINGS = join(__dirname, '../../../reference/recordings');
const recording = (name: string): string => join(RECORDINGS, `${name}.json.gz`);
const textOf = (name: string): string => gunzipSync(readFileSync(recording(name))).toString('utf8');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A copy of a recording in which one piece of text, which must be there, is another. */
function altered(name: string, from: string, to: string): string {
  const text = textOf(name);
  expect(text).toContain(from);
  const path = join(folder, `${name}.json.gz`);
  writeFileSync(path, gzipSync(text.replace(from, to)));
  return path;
}

describe('conformance', () => {
  test('tells one line for each family, in their order, and a last line', async () => {
    const paths = [
      'zones-watermarks',
      'oom-score',
      'fault-s-fork-cow-0',
      'vma-anon-1001',
      'slab-geometry',
      'vma-lock-1001',
      'place-small-2001',
      'swap-s-fork-shared-slots-0',
    ];
    expect(await conformance(paths.map(recording))).toEqual([
      [
        'vma 2/2 traces, 80/80 steps',
        'place 1/1 traces, 40/40 steps',
        'fault 1/1 traces, 11/11 steps',
        'swap 1/1 traces, 14/14 steps',
        'oom 1/1 traces, 40/40 steps',
        'slab geometry 1/1 traces, 169/169 steps',
        'zones and watermarks 1/1 traces, 9/9 steps',
        'conformance: 8 of 8 traces agree',
      ].join('\n'),
      true,
    ]);
  });

  test('tells the first disagreement in full', async () => {
    const path = altered(
      'vma-anon-1001',
      '[73728,81920,"-w-p",0,"anon","wr mr mw me ac"]]',
      '[73728,81920,"-w-p",0,"anon","wr mr mw me"]]',
    );
    expect(await conformance([path])).toEqual([
      `vma 0/1 traces, 1/40 steps

The first disagreement:
vma-anon-1001.json.gz, step 1: {"op":"mprotect","addr":73728,"len":8192,"prot":"-w-"}
  expected
    ret 0
    vmsize 6 vmdata 2 vmlck_kb 0
    57344 73728 r--p 0 anon rd mr mw me
    73728 81920 -w-p 0 anon wr mr mw me
  got
    ret 0
    vmsize 6 vmdata 2 vmlck_kb 0
    57344 73728 r--p 0 anon rd mr mw me
    73728 81920 -w-p 0 anon wr mr mw me ac

conformance: 0 of 1 traces agree`,
      false,
    ]);
  });

  test.each([
    ['vma-anon-1001', '"ret":57344,"err":""', '"ret":-1,"err":"ENOMEM"', 'vma 0/1 traces, 0/40 steps'],
    ['vma-anon-1001', '"vmsize":6,"vmdata":2', '"vmsize":6,"vmdata":1', 'vma 0/1 traces, 1/40 steps'],
    [
      'place-small-2001',
      '"i":0,"op":"mmap","addr":0,"len":',
      '"i":0,"op":"mmap","addr":0,"len":1',
      'place 0/1 traces, 0/40',
    ],
    ['fault-s-fork-cow-0', '"minflt":6', '"minflt":7', 'fault 0/1 traces, 1/11 steps'],
    ['fault-s-fork-cow-0', '"Pss":12', '"Pss":16', 'fault 0/1 traces, 3/11 steps'],
    ['fault-s-fork-cow-0', '[[0,6,"Px",0]]', '[[0,6,"P",0]]', 'fault 0/1 traces, 1/11 steps'],
    ['fault-s-fork-cow-0', '[[0,2,"Px",6],[2,4,"P",2]', '[[0,2,"Px",6],[2,4,"P",8]', 'fault 0/1 traces, 5/11 steps'],
    [
      'fault-s-fork-cow-0',
      '"Referenced":24,"Anonymous":24',
      '"Referenced":20,"Anonymous":24',
      'fault 0/1 traces, 1/11 steps',
    ],
    ['fault-s-fork-cow-0', '"VmPTE_kb":40', '"VmPTE_kb":36', 'fault 0/1 traces, 1/11 steps'],
    ['swap-s-fork-shared-slots-0', '"SwapPss":34', '"SwapPss":36', 'swap 0/1 traces, 6/14 steps'],
    ['swap-s-fork-shared-slots-0', '"minflt":14,"majflt":2', '"minflt":13,"majflt":2', 'swap 0/1 traces, 13/14 steps'],
    ['swap-s-fork-shared-slots-0', '[[0,16,"S",0]]', '[[0,15,"S",0],[15,1,"S",20]]', 'swap 0/1 traces, 3/14 steps'],
    ['oom-score', '"oom_score":667', '"oom_score":668', 'oom 0/1 traces, 1/40 steps'],
    ['slab-geometry', '"objs_per_slab":170', '"objs_per_slab":171', 'slab geometry 0/1 traces, 0/169 steps'],
    ['zones-watermarks', '"min":32,"low":40', '"min":32,"low":41', 'zones and watermarks 0/1 traces, 0/9 steps'],
  ])('%s with %s made %s disagrees', async (name, from, to, line) => {
    const [text, agrees] = await conformance([altered(name, from, to)]);
    expect(agrees).toBe(false);
    expect(text).toContain(line);
  });

  test('a place that chance cannot have chosen disagrees', async () => {
    // The first sample of the first program: its stack pointer is no multiple of 16, then its vdso is too high.
    const first = '[140730562120624,4194368,0,140702029787136,';
    for (const wrong of [
      '[140730562120625,4194368,0,140702029787136,',
      '[140730562120624,4194368,0,140737029787136,',
    ]) {
      const [text] = await conformance([altered('aslr', first, wrong)]);
      expect(text).toContain('aslr 0/1 traces, 1/4227 steps');
    }
  });

  test.each([
    [
      'of an unknown schema',
      '{"schema":"oom-kills/1"}',
      'is of the schema "oom-kills/1", which cannot be replayed yet',
    ],
    ['without a schema', '[]', 'is no recording: it must be a JSON object with a "schema"'],
    ['that is not JSON', '{', 'cannot be read as a recording'],
    ['that does not fit its schema', '{"schema":"vma-trace/1","steps":[]}', 'does not fit its schema. At files:'],
  ])('refuses a file %s', async (_, text, says) => {
    const path = join(folder, 'x.json');
    writeFileSync(path, text);
    await expect(conformance([path])).rejects.toMatchObject({
      code: 'RECORDING_INVALID',
      message: expect.stringContaining(says),
    });
  });

  test('refuses a word that the replay does not know', async () => {
    const path = altered('vma-anon-1001', 'PRIVATE|ANON|FIXED', 'PRIVATE|ANON|SIDEWAYS');
    await expect(conformance([path])).rejects.toThrow('uses the word "SIDEWAYS"');
  });
});
