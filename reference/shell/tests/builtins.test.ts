import { Keyboard, typed } from './machine.ts';

test.each([
  ['echo -n a; echo -e "b\\tc"; echo -E "\\t"; echo -x', 'ab\tc\n\\t\n-x\n'],
  ['printf "%s=%d|%5.1f|%-3s|%03d\\n" a 1 2.25 x 7 b 2', 'a=1|  2.2|x  |007\nb=2|  0.0|   |000\n'],
  ['printf "%d\\n" x', '0\nbash: printf: x: invalid number\n(1)'],
  ['cd /proc; pwd; cd -; cd ..; pwd', '/proc\n/root\n/\n'],
  ['cd /none', 'bash: cd: /none: No such file or directory\n(1)'],
  ['cd /proc/meminfo', 'bash: cd: /proc/meminfo: Not a directory\n(1)'],
  ['[ 3 -gt 2 -a a != b ] && [ -d /proc -o x ] && echo y', 'y\n'],
  ['[ 1 -lt a ]', 'bash: [: a: integer expression expected\n(2)'],
  ['[ a', "bash: [: missing `]'\n(2)"],
  ['test -z "" && test ! -f /proc && test -s /data/zeroes && echo y', 'y\n'],
  ['kill 9999', 'bash: kill: (9999) - No such process\n(1)'],
  ['kill -9', 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n(2)'],
  ['kill -NONE 1', 'bash: kill: NONE: invalid signal specification\n(1)'],
  ['kill abc', 'bash: kill: abc: arguments must be process or job IDs\n(1)'],
  ['wait 1', 'bash: wait: pid 1 is not a child of this shell\n(127)'],
  ['read a b <<< "1 2 3"; echo "$b-$a"', '2 3-1\n'],
  ['set -- 1 2 3; shift 2; echo $1', '3\n'],
  ['type cd cat', 'cd is a shell builtin\ncat is /bin/cat\n'],
  ['type none', 'bash: type: none: not found\n(1)'],
  ['eval "echo a" b', 'a b\n'],
  [
    "echo 'echo from $1' > s; source s a; . ./s; bash s b; bash none",
    'from a\nfrom 3\nfrom b\nbash: none: No such file or directory\n(127)',
  ],
  ['break', "bash: break: only meaningful in a `for', `while', or `until' loop\n"],
  ['return', "bash: return: can only `return' from a function or sourced script\n(1)"],
  ['let x=2+3; echo $x; let 0', '5\n(1)'],
  ['export 1a', "bash: export: `1a': not a valid identifier\n(1)"],
])('%s', (line, shows) => {
  expect(typed(line)).toBe(shows);
});

test('ulimit -v: a shell and what it starts get no more address space', () => {
  const { out } = new Keyboard().type('ulimit -v; ulimit -v 65536; ulimit -v; bash -c "ulimit -v"');
  expect(out).toBe('unlimited\n65536\n65536\n');
});

test('exit ends the shell with a status', () => {
  const keyboard = new Keyboard();
  expect(keyboard.type('exit 300; echo never')).toEqual({ out: '', err: '', status: 44 });
  expect(keyboard.session.hasEnded).toBe(true);
});

test('jobs: what runs in the background is told of, and forgotten when it has ended', () => {
  const keyboard = new Keyboard();
  keyboard.session.interactive = true;
  const { err } = keyboard.type('sleep 5 &');
  expect(err).toMatch(/^\[1\] \d+\n$/);
  expect(keyboard.type('jobs').out).toBe('[1]+  Running                 sleep 5 &\n');
  keyboard.type('sleep 6');
  expect(keyboard.session.notices()).toBe('[1]+  Done                    sleep 5\n');
  expect(keyboard.type('jobs').out).toBe('');
});
