import { Keyboard } from '../../../shell/tests/machine.ts';
import { pagesOf, parseScenario, sizeOf, timeOf } from '../scenario_parse.ts';

/** Runs a scenario on a machine of its own. */
function play(text: string): string {
  const keyboard = new Keyboard({ '/root/a.scn': text });
  const { out, err, status } = keyboard.type('scenario a.scn');
  keyboard.session.kernel.validate();
  return `${out}${err}(${status})`;
}

describe('compute', () => {
  test('takes processor time, in turns with others on the same CPU', () => {
    const keyboard = new Keyboard();
    const look = "cut -d' ' -f3,14 /proc/$a/stat /proc/$b/stat";
    const start = "scenario -c 'cpu 0; compute 3s' & a=$!; scenario -c 'cpu 0; compute 1.5s' & b=$!";
    // b is done after three seconds; a then has its CPU alone.
    expect(keyboard.type(`${start}; sleep 1; ${look}; sleep 2.2; ${look}`).out).toBe('R 50\nR 49\nR 169\nZ 150\n');
  });

  test('is for a time', () => {
    expect(play('compute soon')).toBe('scenario: a.scn:1: compute: `soon` is no time\n(1)');
    expect(play('compute 0')).toBe('(0)');
  });
});

describe('parseScenario', () => {
  test('a statement is a name, a verb and its arguments; blocks hold others', () => {
    expect(parseScenario('a = alloc 4K # one page\n\nfork\n  try touch a 0\nend')).toEqual([
      { line: 1, name: 'a', verb: 'alloc', args: ['4K'], body: [], mayFail: false },
      {
        ...{ line: 3, name: null, verb: 'fork', args: [], mayFail: false },
        body: [{ line: 4, name: null, verb: 'touch', args: ['a', '0'], body: [], mayFail: true }],
      },
    ]);
  });

  test.each([
    ['jump 3', 1, 'there is no `jump`'],
    ['alloc 4K', 1, '`alloc` needs a name: `a = alloc ...`'],
    ['a = touch b', 1, '`touch` gives no value'],
    ['\n7 = alloc 4K', 2, '`7` is no name'],
    ['sleep', 1, '`sleep` takes 1 arguments, not 0'],
    ['resize a', 1, '`resize` takes 2 arguments, not 1'],
    ['end', 1, '`end`, but nothing was begun'],
    ['fork\nrepeat 3\nend', 1, '`fork` has no `end`'],
  ])('%j is refused', (text, line, why) => {
    expect(parseScenario(text)).toEqual({ line, why });
  });

  test('sizes, times and pages', () => {
    expect(['4096', '64K', '1.5M', '2GB', '3p', 'x', ''].map(sizeOf)).toEqual([
      4096,
      65536,
      1572864,
      2 ** 31,
      12288,
      null,
      null,
    ]);
    expect(['2', '1.5s', '200ms', '3us', '7ns', '1m', '1h', 'x'].map(timeOf)).toEqual([
      2e9,
      15e8,
      2e8,
      3000,
      7,
      6e10,
      36e11,
      null,
    ]);
    expect(['all', '3', '0-7', '7-8', '5-2', 'x'].map((text) => pagesOf(text, 8))).toEqual([
      { first: 0, end: 8 },
      { first: 3, end: 4 },
      { first: 0, end: 8 },
      ...[null, null, null],
    ]);
  });
});

describe('a scenario', () => {
  test('touches what it says, no more', () => {
    const keyboard = new Keyboard();
    const { out } = keyboard.type(
      "scenario -c 'a = alloc 40K; touch a 0 2-4; b = alloc 16K; read b; sleep 1h' & sleep 1; grep -E 'VmSize|RssAnon' /proc/$!/status",
    );
    const before = keyboard.type("scenario -c 'sleep 1h' & sleep 1; grep -E 'VmSize|RssAnon' /proc/$!/status").out;
    const [size, anon] = [out, before]
      .map((text) => (text.match(/\d+ kB/g) ?? []).map((kb) => Number.parseInt(kb, 10)))
      .reduce((a, b) => a.map((kb, i) => kb - b[i]));
    // Four pages, and that of the variables.
    expect([size, anon]).toEqual([56, 20]);
  });

  test('of a fork shares pages until they are written', () => {
    const text = ['a = alloc 400K', 'touch a', 'fork', 'sleep 1', 'touch a 0-9', 'sleep 10', 'end', 'wait', 'say done'];
    const keyboard = new Keyboard({ '/root/a.scn': text.join('\n') });
    const look = 'grep Shared_Dirty /proc/$!/smaps_rollup';
    const { out } = keyboard.type(`scenario a.scn & sleep 0.5; ${look}; sleep 1; ${look}; wait`);
    const [before, after] = [...out.matchAll(/(\d+) kB/g)].map(([, kb]) => Number(kb));
    expect(before - after).toBe(40);
    expect(out).toMatch(/done\n$/);
    keyboard.session.kernel.validate();
  });

  test('says which line failed, and ends; with try it goes on', () => {
    expect(play('try protect b none\nlimit as 1M\na = alloc 64M\nsay never')).toBe(
      'scenario: a.scn:1: protect: there is no `b`\nscenario: a.scn:3: alloc: Cannot allocate memory\n(1)',
    );
  });

  test('may read and write files, memory of all kinds, and change it', () => {
    const text = [
      ...['f = map /data/zeroes 64K shared', 'touch f', 'g = map /data/zeroes readonly', 'read g 0-3'],
      ...['m = memfd 32K', 'touch m', 's = alloc 16K shared', 'touch s', 'l = alloc 8K locked', 'free l 1'],
      ...['resize s 64K', 'advise m dontneed', 'protect s read 0', 'lock m 0-1', 'unlock m', 'forget s'],
      ...[
        'writefile /tmp/out 100K',
        'readfile /tmp/out',
        'sync',
        'policy interleave 0',
        'cpu 0',
        'name worker',
        'free f',
      ],
      ...['repeat 3', 'a = alloc 8K populate', 'free a', 'end', 'say fine', 'exit 7'],
    ];
    expect(play(text.join('\n'))).toBe('fine\n(7)');
  });

  test('finds files from its folder on; one that is only read must be there', () => {
    const keyboard = new Keyboard();
    const run = (text: string): string => {
      const { out, err, status } = keyboard.type(`scenario -c '${text}'`);
      return `${out}${err}(${status})`;
    };
    expect(run('a = map data readonly')).toBe('scenario: -:1: map: No such file or directory\n(1)');
    keyboard.type('echo hello > data');
    expect(run('a = map data readonly shared; read a 0; try touch a 0')).toBe('Segmentation fault\n(139)');
    expect(run('a = map data 8K shared; touch a; writefile ../root/more 4K; readfile more')).toBe('(0)');
    expect(keyboard.type('wc -c data /root/more').out).toBe(' 8192 data\n 4096 /root/more\n12288 total\n');
  });

  test('may have huge pages: of the pool, or made of small ones', () => {
    const keyboard = new Keyboard();
    const { out } = keyboard.type(
      "sysctl -q vm.nr_hugepages=2; scenario -c 'a = alloc 4M hugetlb; touch a 0; b = alloc 2M; touch b; advise b collapse; sleep 1h' & sleep 1; grep -E 'HugetlbPages' /proc/$!/status; grep AnonHuge /proc/$!/smaps_rollup",
    );
    expect(out).toBe('HugetlbPages:\t    2048 kB\nAnonHugePages:      2048 kB\n');
    keyboard.session.kernel.validate();
  });

  test('binds an area to nodes, or is told that there are none', () => {
    const keyboard = new Keyboard();
    const { out } = keyboard.type(
      "scenario -c 'a = alloc 16K; touch a; bind a bind 0; sleep 1h' & sleep 1; grep bind /proc/$!/numa_maps",
    );
    expect(out).toMatch(/^[\da-f]+ bind:0 anon=4 dirty=4 active=0 N0=4 kernelpagesize_kB=4\n$/);
    expect(play('a = alloc 16K\nbind a bind 7')).toBe('scenario: a.scn:2: bind: `7` are no nodes\n(1)');
    expect(play('a = alloc 16K\nbind a tight 0')).toBe('scenario: a.scn:2: bind: there is no policy `tight`\n(1)');
  });

  test('that touches what it may not is ended by a signal', () => {
    expect(play('a = alloc 4K\nprotect a none\nread a')).toBe('Segmentation fault\n(139)');
    expect(play('a = alloc 4K\nprotect a read\nread a\ntouch a')).toBe('Segmentation fault\n(139)');
  });

  test('has a heap', () => {
    expect(play('p = malloc 100\nput p 7\nget p+99\nq = malloc 200K\nput p+8 q\nfree q\nfree p\nsay ok')).toBe(
      'ok\n(0)',
    );
    expect(play('p = malloc 100\nfree p\nfree p')).toBe('scenario: a.scn:3: free: free(): double free detected\n(1)');
  });

  test('is not begun when it does not hold together, or is not there', () => {
    expect(play('a = alloc 4K\ntuch a')).toBe('scenario: a.scn:2: there is no `tuch`\n(2)');
    expect(new Keyboard().type('scenario nowhere')).toEqual({
      ...{ out: '', err: 'scenario: nowhere: No such file or directory\n', status: 1 },
    });
    expect(new Keyboard().type('scenario -c').status).toBe(2);
    expect(new Keyboard().type("echo 'say piped' | scenario").out).toBe('piped\n');
  });
});
