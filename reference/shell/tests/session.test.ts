import { Keyboard } from './machine.ts';

const fromHex = (text: string): number => Number.parseInt(text, 16);

describe('Session', () => {
  test('the same lines at the same machine give the same text', () => {
    const lines = 'cat /proc/$$/maps; free; head -c 8 /dev/urandom | wc -c; sleep 3 & vmstat 1 3; ps; date';
    const [one, two] = [new Keyboard().type(lines), new Keyboard().type(lines)];
    expect(one).toEqual(two);
    expect(one.out).toContain('[stack]');
  });

  test('the prompt names the folder', () => {
    const keyboard = new Keyboard();
    const prompts = ['cd', 'cd /proc/sys', 'mkdir ~/x; cd ~/x'].map((line) => {
      keyboard.type(line);
      return keyboard.session.prompt;
    });
    expect(prompts).toEqual(['root@osgrade:~# ', 'root@osgrade:/proc/sys# ', 'root@osgrade:~/x# ']);
  });

  test('completes commands in front, and paths behind', () => {
    const { session } = new Keyboard({ '/root/notes': '' });
    expect(session.complete('fals')).toEqual({ word: 'fals', choices: ['false'] });
    expect(session.complete('echo a | whic')).toEqual({ word: 'whic', choices: ['which'] });
    expect(session.complete('cat /proc/memi')).toEqual({ word: '/proc/memi', choices: ['/proc/meminfo'] });
    expect(session.complete('ls /pro').choices).toEqual(['/proc/']);
    expect(session.complete('cat no').choices).toEqual(['notes']);
    expect(session.complete('echo 1 > /proc/sys/vm/swappi').choices).toEqual(['/proc/sys/vm/swappiness']);
    expect(session.complete('cat /none/x').choices).toEqual([]);
  });

  test('files that hold something are there, with the folders they lie in', () => {
    const keyboard = new Keyboard({ '/a/b/c': 'text\n' });
    expect(keyboard.type('cat /a/b/c').out).toBe('text\n');
  });

  test('a shell that is killed is followed by a new one', () => {
    const keyboard = new Keyboard();
    expect(keyboard.type('kill -9 $$; echo never')).toEqual({
      out: '',
      err: 'The shell was killed; here is a new one.\n',
      status: 137,
    });
    expect(keyboard.type('echo $$ > pid; cat pid').out).toMatch(/^\d+\n$/);
    keyboard.session.kernel.validate();
  });

  test('a script of its own is run by bash, another by whoever its first line names', () => {
    const keyboard = new Keyboard({ '/root/a': 'echo $0 $1\n', '/root/b': '#!/bin/cat -n\nline\n', '/root/c': '\0' });
    expect(keyboard.type('./a x').out).toBe('./a x\n');
    expect(keyboard.type('./b').out).toBe('     1\t#!/bin/cat -n\n     2\tline\n');
    expect(keyboard.type('./c').err).toBe('bash: ./c: cannot execute binary file: Exec format error\n');
  });

  test('a process shows the words it was called by, and the program that reads a script', () => {
    const keyboard = new Keyboard({ '/root/app': '#!/bin/scenario\nsleep 10\n' });
    const words = (line: string): string => keyboard.type(line).out.replaceAll('\0', '|');
    expect(words('cat /proc/self/cmdline; cat "" /proc/$$/cmdline 2> /dev/null')).toBe('cat|/proc/self/cmdline|bash|');
    expect(words('/bin/bash -c "cat /proc/\\$\\$/cmdline"')).toBe('/bin/bash|-c|cat /proc/$$/cmdline|');
    expect(words('./app a & cat /proc/$!/cmdline /proc/$!/comm')).toBe('/bin/scenario|./app|a|app\n');
    expect(keyboard.type('grep -c /bin/scenario /proc/$!/maps').out).toBe('3\n');
    expect(keyboard.type('ps -o args= -p $!').out).toBe('/bin/scenario ./app a\n');
  });

  test('a shell has a heap, by chance somewhere within 1 GiB behind its variables', () => {
    const { out } = new Keyboard().type('grep -B 1 heap /proc/$$/maps');
    const [variables, heap] = out.split('\n').map((line) => line.split(/[- ]/).slice(0, 2).map(fromHex));
    expect(out).toMatch(/ rw-p 00000000 00:00 0 {26}\[heap\]\n$/);
    expect(heap[1] - heap[0]).toBe(132 * 1024);
    expect(heap[0]).toBeGreaterThanOrEqual(variables[1]);
    expect(heap[0] - variables[1]).toBeLessThan(2 ** 30);
  });

  test('no memory for a process: the shell says so, and goes on', () => {
    const keyboard = new Keyboard();
    keyboard.session.kernel.failNext({ shouldFail: (what) => what === 'page' });
    const failed = keyboard.type('cat /proc/meminfo');
    expect(failed.status).not.toBe(0);
    keyboard.session.kernel.failNext(null);
    expect(keyboard.type('echo on').out).toBe('on\n');
    keyboard.session.kernel.validate();
  });
});
