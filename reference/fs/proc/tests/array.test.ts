import { PAGE_SIZE } from '../../../include/param.ts';
import { statLine, statmShow, statOf, statusOf, statusShow, taskState } from '../array.ts';
import { anonymous, bootTwoNodes, ordinaryUser, processOf, readText } from './machine.ts';
import { labelled, linesOf, recorded, shapeOf } from './recorded.ts';

describe('statusShow', () => {
  test('writes what a real machine wrote', () => {
    const lines = linesOf(recorded('self-status')).map((line) => line.split(/:\t(.*)/s));
    const isMemory = ([, text = '']: string[]): boolean => text.endsWith(' kB');
    const first = lines.findIndex(isMemory);
    const last = lines.findLastIndex(isMemory);
    const text = ([name = '', value = '']: string[]): [string, string] => [name, value];
    const figures = {
      head: lines.slice(0, first).map(text),
      memory: lines
        .slice(first, last + 1)
        .map(([name = '', value = '']): [string, number] => [name, Number.parseInt(value, 10)]),
      tail: lines.slice(last + 1).map(text),
    };
    expect(statusShow(figures)).toBe(recorded('self-status'));
  });

  test('of a process of ours has the same lines', () => {
    const kernel = bootTwoNodes();
    const ours = statusShow(statusOf(kernel, processOf(kernel, 1), 1));
    expect(shapeOf(ours)).toEqual(shapeOf(recorded('self-status')));
    const masks = (text: string): string[] => linesOf(text).filter((line) => /^(Cpus|Mems)/.test(line));
    expect(masks(ours)[2]).toBe((masks(recorded('self-status'))[2] ?? '').replace(/1$/, '3'));
    expect(masks(ours)[0]).toBe('Cpus_allowed:\t3');
  });
});

describe('status', () => {
  test('follows what a process does: peaks stay', () => {
    const kernel = bootTwoNodes();
    const figures = (): Map<string, number> => new Map(labelled(readText(kernel, '/proc/1/status')));
    const { VmSize = 0, VmData = 0 } = Object.fromEntries(figures());
    const start = anonymous(kernel, 1, 20, 10);
    kernel.syscall(1, 'mlock', start, 2 * PAGE_SIZE);
    const grown = figures();
    const names = ['VmPeak', 'VmSize', 'VmLck', 'VmHWM', 'VmRSS', 'RssAnon', 'VmData', 'VmStk', 'VmExe', 'VmLib'];
    expect(names.map((name) => grown.get(name))).toEqual([
      ...[VmSize + 80, VmSize + 80, 8, 40, 40, 40, VmData + 80],
      ...[132, 64, 8],
    ]);
    kernel.syscall(1, 'munmap', start, 20 * PAGE_SIZE);
    const shrunk = figures();
    expect(names.map((name) => shrunk.get(name)).slice(0, 7)).toEqual([VmSize + 80, VmSize, 0, 40, 0, 0, VmData]);
  });

  test('of one that has ended has no memory', () => {
    const kernel = bootTwoNodes();
    const parent = Number(kernel.syscall(1, 'fork'));
    const child = Number(kernel.syscall(parent, 'fork'));
    kernel.syscall(child, 'exit', 3);
    const text = readText(kernel, `/proc/${child}/status`);
    expect(text).toContain('State:\tZ (zombie)\n');
    expect(text).not.toContain('Vm');
    expect(readText(kernel, `/proc/${child}/statm`)).toBe('0 0 0 0 0 0 0\n');
    expect(readText(kernel, `/proc/${child}/maps`)).toBe('');
    expect(readText(kernel, `/proc/${child}/stat`)).toMatch(/^3 \(init\) Z 2 .* 768\n$/);
  });
});

describe('statmShow', () => {
  test('is in pages: all, in memory, of files, code, data and stack', () => {
    const kernel = bootTwoNodes();
    anonymous(kernel, 1, 20, 10);
    // 16 of code, 4 of constants, 8 of data, 33 of stack, 8 of the kernel's own, and 20.
    expect(statmShow(processOf(kernel, 1).mm)).toBe('89 10 0 16 0 61 0\n');
  });
});

describe('statLine', () => {
  test('writes what a real machine wrote', () => {
    const [, pid, comm = '', rest = ''] = /^(\d+) \((.*)\) (.*)\n$/.exec(recorded('self-stat')) ?? [];
    expect(statLine(Number(pid), comm, rest.split(' '))).toBe(recorded('self-stat'));
  });

  test('has as many fields; where the program lies only its own user sees', () => {
    const kernel = bootTwoNodes();
    const fields = (permitted: boolean): (string | number)[] => statOf(kernel, processOf(kernel, 1), permitted);
    const { image } = processOf(kernel, 1).mm ?? {};
    expect(fields(true)).toHaveLength(recorded('self-stat').split(' ').length - 2);
    expect(fields(true).slice(23, 26)).toEqual([image?.startCode, image?.endCode, image?.startStack]);
    expect(fields(false).slice(23, 26)).toEqual([0, 0, 0]);
  });
});

describe('taskState', () => {
  test('whoever asks runs, others sleep, and what computes runs', () => {
    const kernel = bootTwoNodes();
    const child = ordinaryUser(kernel);
    const state = (): string[] => [processOf(kernel, 1), child].map((each) => taskState(kernel.rooms, each).charAt(0));
    expect(state()).toEqual(['R', 'S']);
    kernel.syscall(child.pid, 'getpid');
    expect(state()).toEqual(['S', 'R']);
    kernel.compute(1, 1000, () => {});
    expect(state()).toEqual(['R', 'R']);
  });
});
