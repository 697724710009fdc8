import { nodeVmstatShow, vmstatShow } from '../vmstat.ts';
import { anonymous, bootTwoNodes } from './machine.ts';
import { linesOf, recorded, shapeOf } from './recorded.ts';

const kernel = bootTwoNodes();
anonymous(kernel, 1, 10);

describe('vmstatShow', () => {
  const text = vmstatShow(kernel);

  test('has the lines of a real machine, in its order', () => {
    expect(shapeOf(text)).toEqual(shapeOf(recorded('vmstat')));
    for (const line of linesOf(text)) expect(line).toMatch(/^\w+ \d+$/);
  });

  test('sums over zones and nodes', () => {
    const free = kernel.booted.pages.nrFreePages;
    expect(text).toContain(`nr_free_pages ${free}\n`);
    expect(text).toContain('nr_anon_pages 10\n');
    expect(text).toContain('pgfault 10\n');
  });
});

describe('nodeVmstatShow', () => {
  test('has the lines of a real machine, in its order', () => {
    expect(shapeOf(nodeVmstatShow(kernel, 0))).toEqual(shapeOf(recorded('sys-node0-vmstat')));
  });

  test('is that of one node', () => {
    const anonOf = (nid: number): number => Number(/^nr_anon_pages (\d+)$/m.exec(nodeVmstatShow(kernel, nid))?.[1]);
    expect([anonOf(0), anonOf(1)]).toEqual([10, 0]);
  });
});
