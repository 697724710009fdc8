import { Keyboard } from '../../../shell/tests/machine.ts';

const LEAK = [
  'p = malloc 40',
  'q = malloc 24',
  'put p q',
  'forget q',
  'forget p',
  'r = malloc 8',
  'put r+8 1',
  'free r',
  'get r',
];

/** Without the number of the process. */
const watched = (text: string, options: string): { out: string[]; status: number } => {
  const { err, status } = new Keyboard({ '/root/leak.scn': text }).type(`valgrind ${options} ./leak.scn`);
  return {
    out: err
      .replace(/==\d+== ?/g, '')
      .trimEnd()
      .split('\n'),
    status,
  };
};

describe('valgrind', () => {
  test('tells what was lost, and where it was asked for', () => {
    const { out, status } = watched(LEAK.join('\n'), '--tool=memcheck --leak-check=full');
    expect(status).toBe(0);
    expect(out.filter((line) => /^Invalid|lost|Command|ERROR|total heap/.test(line.trim()))).toEqual([
      'Command: ./leak.scn',
      'Invalid write of size 1',
      'Invalid read of size 1',
      '  total heap usage: 3 allocs, 1 frees, 72 bytes allocated',
      '64 (40 direct, 24 indirect) bytes in 1 blocks are definitely lost in loss record 2 of 2',
      '   definitely lost: 40 bytes in 1 blocks',
      '   indirectly lost: 24 bytes in 1 blocks',
      '     possibly lost: 0 bytes in 0 blocks',
      'ERROR SUMMARY: 3 errors from 3 contexts (suppressed: 0 from 0)',
    ]);
    expect(out).toContainEqual(expect.stringMatching(/^ {3}by 0x[\dA-F]+: main \(leak\.scn:1\)$/));
  });

  test('has nothing to say of a program that gives all back', () => {
    const { out } = watched('p = malloc 40\nput p 1\nfree p', '--leak-check=full');
    expect(out).toContain('All heap blocks were freed -- no leaks are possible');
    expect(out.at(-1)).toBe('ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)');
  });

  test('what is still reachable is shown when it is asked for', () => {
    const text = 'kept = malloc 16\nlost = malloc 40\nforget lost';
    const told = (options: string): string[] =>
      watched(text, `--leak-check=full ${options}`).out.filter((line) => /in loss record|Reachable|To see/.test(line));
    expect(told('')).toEqual([
      '40 bytes in 1 blocks are definitely lost in loss record 2 of 2',
      'Reachable blocks (those to which a pointer was found) are not shown.',
      'To see them, rerun with: --leak-check=full --show-leak-kinds=all',
    ]);
    expect(told('--show-leak-kinds=all')).toEqual([
      '16 bytes in 1 blocks are still reachable in loss record 1 of 2',
      '40 bytes in 1 blocks are definitely lost in loss record 2 of 2',
    ]);
    expect(told('--show-leak-kinds=reachable')).toHaveLength(1);
    expect(watched(text, '--leak-check=full --show-leak-kinds=all').out.at(-1)).toMatch(
      /^ERROR SUMMARY: 1 errors from 1 /,
    );
    expect(watched(text, '--show-leak-kinds=some')).toMatchObject({ status: 1 });
  });

  test('outlives a program that is killed', () => {
    const { out, status } = watched('a = alloc 4K\np = malloc 8\nfree a\nput p+100000000 1', '');
    expect(status).toBe(139);
    expect(out).toContain('Process terminating with default action of signal 11 (SIGSEGV)');
  });

  test('says what it does not know', () => {
    const keyboard = new Keyboard();
    expect(keyboard.type('valgrind')).toMatchObject({ status: 1 });
    expect(keyboard.type('valgrind --what ./x').err).toBe(
      'valgrind: Unknown option: --what\nvalgrind: Use --help for more information.\n',
    );
    expect(keyboard.type('valgrind ./nowhere')).toMatchObject({
      ...{ err: 'valgrind: ./nowhere: No such file or directory\n', status: 127 },
    });
    expect(keyboard.type('valgrind --tool=cachegrind ./x').status).toBe(1);
  });
});
