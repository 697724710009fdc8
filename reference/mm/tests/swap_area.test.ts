import { SWAP_HAS_CACHE, SWAP_MAP_BAD, SWAPFILE_CLUSTER, SwapArea } from '../swap_area.ts';
import { SwapRoom } from './swap_room.ts';

function area(pages: number): SwapArea {
  return new SwapArea(0, { name: 'swap', device: new SwapRoom(16).device(pages), pages, rotational: true }, -2);
}
function free(of: SwapArea, slot: number): void {
  of.map[slot] = 0;
  of.freeSlot(slot);
}

describe('allocSlot', () => {
  test('never gives the header, and all other slots in order', () => {
    const swap = area(6);
    expect([1, 2, 3, 4, 5, 6].map(() => swap.allocSlot())).toEqual([1, 2, 3, 4, 5, 0]);
    expect([...swap.map]).toEqual([SWAP_MAP_BAD, 0x40, 0x40, 0x40, 0x40, 0x40]);
    expect(swap.inusePages).toBe(5);
    swap.validate();
  });

  //  cluster    0      1          0 has the header: used in part from the start
  //  order     2nd    1st
  test('goes on after the last slot, else in a free cluster, else in one used in part', () => {
    const swap = area(2 * SWAPFILE_CLUSTER);
    const slots = Array.from({ length: 2 * SWAPFILE_CLUSTER - 1 }, () => swap.allocSlot());
    expect([slots[0], slots[1], slots[511], slots[512], slots[1022]]).toEqual([512, 513, 1023, 1, 511]);
    free(swap, 7);
    free(swap, 5);
    expect([swap.allocSlot(), swap.allocSlot(), swap.allocSlot()]).toEqual([5, 7, 0]);
    swap.validate();
  });

  test('takes a cluster that has become free before one that is used in part', () => {
    const swap = area(3 * SWAPFILE_CLUSTER);
    for (let i = 1; i < 3 * SWAPFILE_CLUSTER; i++) swap.allocSlot();
    free(swap, 3);
    for (let slot = SWAPFILE_CLUSTER; slot < 2 * SWAPFILE_CLUSTER; slot++) free(swap, slot);
    expect(swap.allocSlot()).toBe(SWAPFILE_CLUSTER);
    swap.validate();
  });
});

describe('freeSlot', () => {
  test('panics while somebody refers to the slot', () => {
    const swap = area(6);
    const slot = swap.allocSlot();
    expect(swap.map[slot]).toBe(SWAP_HAS_CACHE);
    expect(() => swap.freeSlot(slot)).toThrow('swapfile: slot 1 of area 0 freed, but it is in use');
  });
});
