import { EACCES, EINVAL, ENOENT, EPERM } from '../../../include/errno.ts';
import { GFP_KERNEL } from '../../../include/gfp.ts';
import { Kernel } from '../../../init/kernel.ts';
import { machine } from '../../../init/tests/machines.ts';
import { bootTwoNodes, ordinaryUser, processOf } from '../../proc/tests/machine.ts';
import { linesOf } from '../../proc/tests/recorded.ts';
import { extfragShow, unusableShow } from '../debug.ts';
import { SysFs } from '../sys_fs.ts';

const DEBUG = '/sys/kernel/debug';
const SECOND = 1e9;

//  order     0  1  2  3 .. 10       8 pages are free, in 4 blocks
const MIXED = [2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
const zone = (nrFree: readonly number[]) => ({ name: 'DMA', managedPages: 9, nrFree });

describe('extfrag', () => {
  test('unusable_index: the part of free memory that is too small', () => {
    expect(unusableShow(1, zone(MIXED))).toBe(
      'Node 1, zone      DMA 0.000 0.250 0.500 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 \n',
    );
  });

  test('extfrag_index: -1, it would not fail; towards 0, memory is short; towards 1, it is broken up', () => {
    expect(extfragShow(0, zone(MIXED))).toBe(
      'Node 0, zone      DMA -1.000 -1.000 -1.000  0.500  0.625  0.688  0.719  0.735  0.743  0.747  0.749 \n',
    );
  });

  test('a line for each zone that has memory', () => {
    const kernel = bootTwoNodes();
    const text = String(new SysFs(kernel).read(`${DEBUG}/extfrag/unusable_index`, processOf(kernel, 1)));
    expect(linesOf(text).map((line) => line.slice(0, 21))).toEqual([
      'Node 0, zone      DMA',
      'Node 0, zone    DMA32',
      'Node 1, zone   Normal',
    ]);
  });
});

test('is for root alone', () => {
  const kernel = bootTwoNodes();
  const sys = new SysFs(kernel);
  const user = ordinaryUser(kernel);
  expect(sys.stat(DEBUG, user)).toEqual({ kind: 'dir', mode: 0o700, size: 0 });
  expect(sys.list(DEBUG, user)).toBe(-EACCES);
  expect(sys.read(`${DEBUG}/extfrag/extfrag_index`, user)).toBe(-EACCES);
});

describe('kmemleak', () => {
  const FILE = `${DEBUG}/kmemleak`;

  test('is there if the machine looks for leaks', () => {
    const kernel = bootTwoNodes();
    expect(new SysFs(kernel).read(FILE, processOf(kernel, 1))).toBe(-ENOENT);
  });

  test('scan, clear, and what cannot be written', () => {
    const kernel = Kernel.boot(machine(2048, 1, { kmemleak: 'on' }));
    const sys = new SysFs(kernel);
    const root = processOf(kernel, 1);
    const write = (text: string): number => sys.write(FILE, text, root);
    const lost = kernel.booted.kmalloc.kmalloc(64, GFP_KERNEL) ?? -1;
    kernel.booted.system.memory.writeByte(lost, 1);
    kernel.sleep(6 * SECOND);
    expect([write('scan\n'), write('scan\n')]).toEqual([0, 0]);
    expect(sys.read(FILE, root)).toMatch(/^unreferenced object 0xffff8880[0-9a-f]{8} \(size 64\):\n/);
    expect([write('clear\n'), sys.read(FILE, root)]).toEqual([0, '']);
    expect([write('sweep\n'), write('off\n'), write('scan\n')]).toEqual([-EINVAL, 0, -EPERM]);
  });
});
