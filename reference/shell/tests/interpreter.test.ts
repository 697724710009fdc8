import { Keyboard, typed } from './machine.ts';

describe('commands', () => {
  test.each([
    ['true && echo a || echo b', 'a\n'],
    ['false && echo a || echo b', 'b\n'],
    ['false; echo $?', '1\n'],
    ['! false; echo $?', '0\n'],
    ['nothing', 'bash: nothing: command not found\n(127)'],
    ['./nothing', 'bash: ./nothing: No such file or directory\n(127)'],
    ['/proc', 'bash: /proc: Is a directory\n(126)'],
    ['x=1 y=$x; echo $x$y', '11\n'],
    ['x=$(false); echo $?', '1\n'],
    ['X=inner bash -c \'echo $X\'; echo "[$X]"', 'inner\n[]\n'],
    ["export E=out; bash -c 'echo $E $0 $1' name arg", 'out name arg\n'],
    ['(x=5; cd /; pwd); pwd; echo "[$none]"', '/\n/root\n[]\n'],
    ['{ echo a; echo b; } | tail -n 1', 'b\n'],
    ['f() { local x=2; echo $x $1; return 3; }; x=1; f a; echo $? $x', '2 a\n3 1\n'],
    ['f() { f; }; f', 'bash: f: maximum function nesting level exceeded (100)\n(1)'],
    ['echo )', "bash: syntax error near unexpected token `)'\n(2)"],
    ['set -e; false; echo never', '(1)'],
  ])('%s', (line, shows) => {
    // A shell of its own: some of these end it.
    const { out, err, status } = new Keyboard().type(line);
    expect(out + err + (status === 0 ? '' : `(${status})`)).toBe(shows);
  });

  test.each([
    ['for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done', '1\n3\n'],
    ['for ((i = 0; i < 3; i++)); do echo $i; done', '0\n1\n2\n'],
    ['i=0; while [ $i -lt 5 ]; do i=$((i + 1)); [ $i = 3 ] && break; done; echo $i', '3\n'],
    ['until true; do echo never; done', ''],
    ['for i in 1 2; do for j in 1 2; do break 2; done; echo never; done; echo $i$j', '11\n'],
    ['case /proc/1 in /sys*) echo s;; /proc/[0-9]) echo p;; esac', 'p\n'],
    ['if [[ abc == a* && ! -d /proc/meminfo ]]; then echo y; fi', 'y\n'],
    ['[[ a1 =~ ^[a-z][0-9]$ ]] && echo y', 'y\n'],
    ['seq 3 | while read n; do echo "<$n>"; done', '<1>\n<2>\n<3>\n'],
  ])('%s', (line, shows) => {
    expect(typed(line)).toBe(shows);
  });
});

describe('redirections', () => {
  test.each([
    ['echo a > f; echo b >> f; cat f; cat < f | wc -l', 'a\nb\n2\n'],
    ['echo a > f; : > f; wc -c f', '0 f\n'],
    ['cat nothing 2> /dev/null', '(1)'],
    ['cat nothing 2>&1 | wc -l', '1\n'],
    ['cat nothing > f 2>&1; cat f', 'cat: nothing: No such file or directory\n'],
    ['cat << EOF\na $((1 + 1))\nEOF', 'a 2\n'],
    ["cat << 'EOF'\na $((1 + 1))\nEOF", 'a $((1 + 1))\n'],
    ['cat <<< "x y"', 'x y\n'],
    ['echo 1 > /none/f', 'bash: /none/f: No such file or directory\n(1)'],
    ['echo 1 > /proc', 'bash: /proc: Is a directory\n(1)'],
    ['echo 1 > /proc/none', 'bash: /proc/none: No such file or directory\n(1)'],
    ['echo 1 > /sys/none', 'bash: /sys/none: Permission denied\n(1)'],
    ['echo 1 > /proc/meminfo', 'bash: echo: write error: Input/output error\n(1)'],
    ['echo many > /proc/sys/vm/swappiness', 'bash: echo: write error: Invalid argument\n(1)'],
    ['cat < none', 'bash: none: No such file or directory\n(1)'],
    ['echo 11 > /proc/sys/vm/swappiness; cat /proc/sys/vm/swappiness', '11\n'],
    ['echo x > /dev/full', 'bash: echo: write error: No space left on device\n(1)'],
  ])('%s', (line, shows) => {
    expect(typed(line)).toBe(shows);
  });
});

describe('processes', () => {
  test('a program is a process of its own, seen in /proc, and gone when it has ended', () => {
    expect(typed('cat /proc/self/comm; ls -d /proc/self; cat /proc/$$/comm')).toBe('cat\n/proc/self\nbash\n');
    const keyboard = new Keyboard();
    const before = keyboard.session.kernel.rooms.pids.size;
    keyboard.type('cat /proc/meminfo | head -1; (true); echo $(echo); nothing');
    expect(keyboard.session.kernel.rooms.pids.size).toBe(before);
    keyboard.session.kernel.validate();
  });

  test('the shell is mapped from its file', () => {
    expect(typed('grep -c /bin/bash$ /proc/$$/maps')).toBe('3\n');
  });

  test('in the background it goes on while time passes for others', () => {
    const keyboard = new Keyboard();
    const { out } = keyboard.type('(sleep 1; echo b) & sleep 0.5; echo a; sleep 1; echo c; wait; echo $?');
    expect(out).toBe('a\nb\nc\n0\n');
  });

  test('one that is killed says so, and its status is 128 and the signal', () => {
    const keyboard = new Keyboard();
    expect(keyboard.type('sleep 100 & kill -9 $!; wait $!; echo $?').out).toBe('137\n');
    expect(keyboard.type("bash -c 'kill -9 $$'; echo $?")).toMatchObject({ out: '137\n', err: 'Killed\n' });
  });

  test('head ends a program without an end in front of it', () => {
    expect(typed('while true; do echo y; done | head -n 2')).toBe('y\ny\n');
  });

  test('an endless loop can be stopped, and nothing is left of it', () => {
    const keyboard = new Keyboard();
    const { session } = keyboard;
    session.begin('while true; do cat /proc/meminfo > /dev/null; sleep 1; done');
    for (let steps = 0; steps < 500; steps++) session.step();
    session.interrupt();
    while (session.step());
    expect(keyboard.take()).toEqual({ out: '', err: '', status: 130 });
    expect(keyboard.type('echo $?').out).toBe('130\n');
    expect(session.kernel.rooms.pids.size).toBe(2);
    session.kernel.validate();
  });
});
