import { typed } from './machine.ts';

const FRUIT = 'printf "pear 3\\napple 10\\nfig 2\\napple 10\\n" > fruit;';

describe.each([
  [
    'cat',
    [
      ['cat -n fruit | head -1', '     1\tpear 3\n'],
      ['cat none fruit | wc -l', '4\ncat: none: No such file or directory\n'],
      ['cat /proc', 'cat: /proc: Is a directory\n(1)'],
      ['cat -z', "cat: invalid option -- 'z'\nTry 'cat --help' for more information.\n(1)"],
      ['cat /data/zeroes | wc -c', '1048576\n'],
    ],
  ],
  [
    'grep',
    [
      ['grep -n p fruit', '1:pear 3\n2:apple 10\n4:apple 10\n'],
      ['grep -vc apple fruit', '2\n'],
      ['grep -E "^(pear|fig) [0-9]+$" fruit', 'pear 3\nfig 2\n'],
      ['grep "p\\{2\\}" fruit | wc -l', '2\n'],
      ['grep -io "A[pe]*" fruit | sort | uniq -c', '      1 a\n      2 app\n'],
      ['grep -w fi fruit', '(1)'],
      ['grep -A1 pear fruit', 'pear 3\napple 10\n'],
      ['grep -B1 fig fruit', 'apple 10\nfig 2\n'],
      ['grep -q fig fruit && grep -l fig fruit none', 'fruit\ngrep: none: No such file or directory\n(2)'],
      ['grep "(" fruit; grep -E "(" fruit', 'grep: Invalid regular expression\n(2)'],
      ['grep', "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n(2)"],
    ],
  ],
  [
    'head and tail',
    [
      [
        'head -n 1 fruit; head -2 fruit | tail -n 1; tail -n +4 fruit; head -n -3 fruit',
        'pear 3\napple 10\napple 10\npear 3\n',
      ],
      ['head -c 4 fruit', 'pear'],
      ['head -n 1 fruit fruit', '==> fruit <==\npear 3\n\n==> fruit <==\npear 3\n'],
      ['head -n x fruit', "head: invalid number of lines: 'x'\n(1)"],
    ],
  ],
  [
    'sort, uniq, cut, wc, tr, tee',
    [
      ['sort fruit | uniq -c', '      2 apple 10\n      1 fig 2\n      1 pear 3\n'],
      ['sort -k2 -n -r -u fruit', 'apple 10\npear 3\nfig 2\n'],
      ['cut -d " " -f 2 fruit | sort -n | tail -1; cut -c 1-2,4 fruit | head -1', '10\nper\n'],
      ['wc fruit; wc -l < fruit', ' 4  8 31 fruit\n4\n'],
      ['head -1 fruit | tr a-z A-Z; echo aabb | tr -d a; echo aab | tr -s a', 'PEAR 3\nbb\nab\n'],
      ['echo x | tee a b; cat a b', 'x\nx\nx\n'],
      ['echo 12 | tee /proc/sys/vm/swappiness; cat /proc/sys/vm/swappiness', '12\n12\n'],
    ],
  ],
  [
    'files',
    [
      [
        'mkdir d; mkdir d; rmdir d; rmdir d',
        "mkdir: cannot create directory 'd': File exists\nrmdir: failed to remove 'd': No such file or directory\n(1)",
      ],
      [
        'mkdir -p p/q/r; touch p/f; ls p; rm p; rm -r p; ls p',
        "f  q\nrm: cannot remove 'p': Is a directory\nls: cannot access 'p': No such file or directory\n(2)",
      ],
      [
        'cp fruit copy; mv copy other; wc -l < other; rm -f none; rm none',
        "4\nrm: cannot remove 'none': No such file or directory\n(1)",
      ],
      ['mkdir /proc/x', "mkdir: cannot create directory '/proc/x': No such file or directory\n(1)"],
      ['rm /proc/meminfo', "rm: cannot remove '/proc/meminfo': Operation not permitted\n(1)"],
      ['ls -l fruit; ls -d /data', '-rw-r--r-- 1 root root 31 Jan  1 00:00 fruit\n/data\n'],
      ['dd if=/dev/zero of=z bs=4k count=3 status=noxfer; wc -c < z', '12288\n3+0 records in\n3+0 records out\n'],
      ['dd of=z count=x', "dd: invalid number: 'x'\n(1)"],
      ['dd zz=1', "dd: unrecognized operand 'zz=1'\nTry 'dd --help' for more information.\n(1)"],
    ],
  ],
  [
    'small ones',
    [
      ['seq 2; seq -s, 1 2 5; seq -w 9 10', '1\n2\n1,3,5\n09\n10\n'],
      ['seq x', "seq: invalid floating point argument: 'x'\nTry 'seq --help' for more information.\n(1)"],
      ['basename /a/b.c .c; dirname /a/b; nproc; hostname; whoami; uname', 'b\n/a\n1\nosgrade\nroot\nLinux\n'],
      ['which cat nothing', '/bin/cat\n(1)'],
      ['sleep x', "sleep: invalid time interval 'x'\nTry 'sleep --help' for more information.\n(1)"],
    ],
  ],
] as const)('%s', (_, rows) => {
  test.each(rows)('%s', (line, shows) => {
    expect(typed(`${FRUIT} ${line}`)).toBe(shows);
  });
});

test('sleep lets so much time pass, and no more', () => {
  const before = Number(typed('date +%s'));
  expect(Number(typed('sleep 1m 5; date +%s')) - before).toBe(65);
});

test('watch shows a command again and again', () => {
  const shown = typed('timeout 2.5 watch -n 1 "echo a | cat"');
  expect(shown.match(/^Every 1\.0s: echo a \| cat +osgrade: Thu Jan {2}1 /gm)).toHaveLength(3);
  expect(shown.match(/^a$/gm)).toHaveLength(3);
  expect(shown).toMatch(/\(124\)$/);
});

describe('timeout', () => {
  test.each([
    ['timeout 1 vmstat 1 | wc -l', '3\n'],
    ['timeout 1m bash -c "sleep 1; echo a; exit 3"', 'a\n(3)'],
    ['timeout 2 bash -c "sleep 1 & wait; echo b"', 'b\n'],
    ['timeout 0 echo a', 'a\n'],
    ['timeout 1', "timeout: missing operand\nTry 'timeout --help' for more information.\n(125)"],
    ['timeout x ls', "timeout: invalid time interval 'x'\nTry 'timeout --help' for more information.\n(125)"],
    ['timeout 1 nothing', 'bash: nothing: command not found\n(127)'],
  ])('%s', (line, shows) => {
    expect(typed(line)).toBe(shows);
  });

  test('lets so much time pass, and no more', () => {
    const before = Number(typed('date +%s'));
    expect(Number(typed('timeout 10 sleep 100; date +%s')) - before).toBe(10);
  });
});
