import { GFP_KERNEL, GFP_NOWAIT } from '../../include/gfp.ts';
import { RECLAIM_UNMAP, RECLAIM_ZONE } from '../node_reclaim.ts';
import { type ReclaimRoom, reclaimRoom } from './reclaim_room.ts';

/** 200 pages of files of which 1 % of the node, 40, may not be taken. */
function filled(mode: number): ReclaimRoom {
  const room = reclaimRoom(4096);
  room.sysctls.zoneReclaimMode = mode;
  for (let id = 0; id < 200; id++) room.readFile(id);
  return room;
}

describe('nodeReclaim', () => {
  test('frees what is asked for', () => {
    const room = filled(RECLAIM_ZONE);
    expect(room.vmscan.nodeReclaim(0, 2, GFP_KERNEL, 0)).toBe('success');
    expect(room.vmstat.events).toMatchObject({ zone_reclaim_success: 1, pgsteal_direct: 12 }); // 200 >> 4
  });

  test('says so when there is not enough to take', () => {
    const room = reclaimRoom(4096);
    for (let id = 0; id < 40; id++) room.readFile(id);
    expect(room.vmscan.nodeReclaim(0, 0, GFP_KERNEL, 0)).toBe('full');
    room.readFile(40);
    expect(room.vmscan.nodeReclaim(0, 0, GFP_KERNEL, 0)).toBe('success');
  });

  test.each([
    ['a request that cannot wait', GFP_NOWAIT, 0],
    ['a task of another node', GFP_KERNEL, 1],
  ])('does nothing for %s', (_, gfp, running) => {
    expect(filled(RECLAIM_ZONE).vmscan.nodeReclaim(0, 0, gfp, running)).toBe('noscan');
  });

  test('leaves mapped pages, unless the mode says otherwise', () => {
    const room = filled(RECLAIM_ZONE);
    for (const pfn of room.resident.values()) room.map(pfn, 1, 0);
    expect(room.vmscan.nodeReclaim(0, 0, GFP_KERNEL, 0)).toBe('some');
    expect(room.vmstat.events.zone_reclaim_failed).toBe(1);
    room.sysctls.zoneReclaimMode = RECLAIM_ZONE | RECLAIM_UNMAP;
    room.vmstat.nodes[0].nr_file_pages = 200;
    expect(room.vmscan.nodeReclaim(0, 0, GFP_KERNEL, 0)).toBe('success');
    room.validate();
  });
});
