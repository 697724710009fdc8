import type { ProgramMemory } from '../../../include/program_memory.ts';
import { Kernel } from '../../../init/kernel.ts';
import { programMemory } from '../../../init/program_memory.ts';
import { machine } from '../../../init/tests/machines.ts';
import { Memcheck } from '../memcheck.ts';
import { LEAK_ERRORS, leakCheck } from '../memcheck_leaks.ts';
import { memcheckReport } from '../memcheck_report.ts';

const MAIN = ['main (list.c:9)'];

/** The first process under watch, with a page of variables. */
function program() {
  const memory: ProgramMemory = programMemory(Kernel.boot(machine(4096, 1)), 1);
  const check = new Memcheck(memory);
  const start = memory.mmap(4096);
  const variables = { start, end: start + 4096 };
  const make = (bytes: number, where = MAIN): number => {
    const addr = check.malloc(bytes, where) ?? 0;
    for (let i = 0; i < bytes; i++) memory.store(addr + i, 0);
    return addr;
  };
  const point = (at: number, to: number): boolean => check.write(at, 8, to, MAIN);
  const leaks = (): string[] =>
    leakCheck(check, [variables]).map(
      ({ kind, bytes, indirectBytes, blocks }) => `${kind} ${bytes}+${indirectBytes} ${blocks}`,
    );
  const report = (leakCheckMode: 'full' | 'summary'): string[] =>
    memcheckReport(
      { pid: 7, command: './list', shows: leakCheckMode === 'full' ? LEAK_ERRORS : null },
      check,
      leakCheck(check, [variables]),
    );
  return { check, variables, make, point, leaks, report };
}

const seen = (check: Memcheck): string[] =>
  check.errors.map(({ kind, size, place }) => {
    const where = place === null ? 'nowhere' : `${place.bytes} ${place.side} ${place.block.freed ? 'freed' : 'used'}`;
    return `${kind} ${size} ${where}`;
  });

describe('accesses', () => {
  test('inside a piece all is well', () => {
    const { check, make } = program();
    const a = make(40);
    expect(check.write(a, 8, 0x123456789a, MAIN)).toBe(true);
    expect(check.read(a, 8, MAIN)).toBe(0x123456789a);
    expect(check.read(a + 39, 1, MAIN)).toBe(0);
    expect(check.errors).toEqual([]);
  });

  test('before, behind and across the end', () => {
    const { check, make } = program();
    const a = make(40);
    check.read(a + 40, 4, MAIN);
    check.write(a - 1, 1, 5, MAIN);
    check.read(a + 38, 4, MAIN);
    expect(seen(check)).toEqual(['read 4 0 after used', 'write 1 1 before used', 'read 4 38 inside used']);
  });

  test('after it was given back', () => {
    const { check, make } = program();
    const a = make(40);
    expect(check.free(a, MAIN)).toBeNull();
    check.read(a + 8, 8, MAIN);
    expect(check.free(a, MAIN)).toBeNull();
    check.free(a + 4096, MAIN);
    expect(seen(check)).toEqual(['read 8 8 inside freed', 'free 0 0 inside freed', 'free 0 nowhere']);
    expect(check.usage).toEqual({ allocs: 1, frees: 3, bytes: 40 });
  });

  test('at address 0: the process ends', () => {
    const kernel = Kernel.boot(machine(4096, 1));
    const pid = Number(kernel.syscall(1, 'fork'));
    const check = new Memcheck(programMemory(kernel, pid));
    expect(check.read(0, 4, MAIN)).toBeNull();
    expect(seen(check)).toEqual(['killed 0 nowhere']);
    expect(check.write(0, 4, 1, MAIN)).toBe(false);
  });
});

describe('leakCheck', () => {
  test('four kinds', () => {
    const { variables, make, point, leaks } = program();
    const [kept, next, middle, lost, child] = [16, 32, 48, 64, 80].map((bytes) => make(bytes));
    point(variables.start, kept);
    point(kept, next);
    point(variables.start + 8, middle + 16);
    point(lost + 8, child);
    expect(leaks()).toEqual(['reachable 48+0 2', 'possible 48+0 1', 'indirect 80+0 1', 'definite 64+80 1']);
  });

  test('a ring has one leader', () => {
    const { make, point, leaks } = program();
    const ring = [32, 32, 32].map((bytes) => make(bytes));
    for (const [i, each] of ring.entries()) point(each, ring[(i + 1) % 3]);
    expect(leaks()).toEqual(['indirect 64+0 2', 'definite 32+64 1']);
  });

  test('a group that another one leads to belongs to that one', () => {
    const { make, point, leaks } = program();
    const [tail, middle, head] = [16, 32, 64].map((bytes) => make(bytes));
    point(middle, tail);
    point(head, middle);
    expect(leaks()).toEqual(['indirect 48+0 2', 'definite 64+48 1']);
  });

  test('what is surely reached is not only possible, in whatever order one looks', () => {
    const { variables, make, point, leaks } = program();
    const [a, b] = [make(32), make(32)];
    point(variables.start, a + 8);
    point(a, b);
    point(variables.start + 8, a);
    expect(leaks()).toEqual(['reachable 64+0 2']);
  });

  test('of nothing there is nothing', () => {
    const { check, make, leaks } = program();
    check.free(make(32), MAIN);
    expect(leaks()).toEqual([]);
  });
});

describe('the report', () => {
  const addresses = (lines: readonly string[]): string[] =>
    lines.map((line) => line.replace(/0x[0-9a-fA-F]+/g, '0xADDR').replace(/^==7== ?/, ''));

  test('errors, then what is lost', () => {
    const { check, make, point, report } = program();
    const head = make(1024, ['node (list.c:3)', 'main (list.c:8)']);
    point(head, make(16));
    check.write(head + 1024, 4, 1, MAIN);
    expect(addresses(report('full'))).toEqual([
      'Memcheck, a memory error detector',
      'Command: ./list',
      '',
      'Invalid write of size 4',
      '   at 0xADDR: main (list.c:9)',
      " Address 0xADDR is 0 bytes after a block of size 1,024 alloc'd",
      '   at 0xADDR: malloc',
      '   by 0xADDR: node (list.c:3)',
      '   by 0xADDR: main (list.c:8)',
      '',
      '',
      'HEAP SUMMARY:',
      '    in use at exit: 1,040 bytes in 2 blocks',
      '  total heap usage: 2 allocs, 0 frees, 1,040 bytes allocated',
      '',
      '1,040 (1,024 direct, 16 indirect) bytes in 1 blocks are definitely lost in loss record 2 of 2',
      '   at 0xADDR: malloc',
      '   by 0xADDR: node (list.c:3)',
      '   by 0xADDR: main (list.c:8)',
      '',
      'LEAK SUMMARY:',
      '   definitely lost: 1,024 bytes in 1 blocks',
      '   indirectly lost: 16 bytes in 1 blocks',
      '     possibly lost: 0 bytes in 0 blocks',
      '   still reachable: 0 bytes in 0 blocks',
      '        suppressed: 0 bytes in 0 blocks',
      '',
      'For lists of detected and suppressed errors, rerun with: -s',
      'ERROR SUMMARY: 2 errors from 2 contexts (suppressed: 0 from 0)',
    ]);
  });

  test('in short; and when nothing is lost', () => {
    const { check, make, report } = program();
    const a = make(16);
    expect(addresses(report('summary')).slice(3)).toEqual([
      '',
      'HEAP SUMMARY:',
      '    in use at exit: 16 bytes in 1 blocks',
      '  total heap usage: 1 allocs, 0 frees, 16 bytes allocated',
      '',
      'LEAK SUMMARY:',
      '   definitely lost: 16 bytes in 1 blocks',
      '   indirectly lost: 0 bytes in 0 blocks',
      '     possibly lost: 0 bytes in 0 blocks',
      '   still reachable: 0 bytes in 0 blocks',
      '        suppressed: 0 bytes in 0 blocks',
      'Rerun with --leak-check=full to see details of leaked memory',
      '',
      'For lists of detected and suppressed errors, rerun with: -s',
      'ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)',
    ]);
    check.free(a, MAIN);
    expect(addresses(report('full'))).toContain('All heap blocks were freed -- no leaks are possible');
  });

  test('a use after free tells who gave it back, and who had asked for it', () => {
    const { check, make, report } = program();
    const a = make(40);
    check.free(a, ['done (list.c:20)']);
    check.read(a + 8, 8, MAIN);
    check.free(a, MAIN);
    expect(addresses(report('full')).slice(3, 20)).toEqual([
      'Invalid read of size 8',
      '   at 0xADDR: main (list.c:9)',
      " Address 0xADDR is 8 bytes inside a block of size 40 free'd",
      '   at 0xADDR: free',
      '   by 0xADDR: done (list.c:20)',
      " Block was alloc'd at",
      '   at 0xADDR: malloc',
      '   by 0xADDR: main (list.c:9)',
      '',
      'Invalid free() / delete / delete[] / realloc()',
      '   at 0xADDR: free',
      '   by 0xADDR: main (list.c:9)',
      " Address 0xADDR is 0 bytes inside a block of size 40 free'd",
      '   at 0xADDR: free',
      '   by 0xADDR: done (list.c:20)',
      " Block was alloc'd at",
      '   at 0xADDR: malloc',
    ]);
  });
});
