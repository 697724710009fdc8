/**
 * In which order zones are asked: all of one node, highest first, then those of the next best node.
 * Linux: mm/page_alloc.c, build_zonelists() and find_next_best_node(); mm/mmzone.c.
 *
 *     node 0 of two:   Normal 0 -> DMA32 0 -> DMA 0 -> Normal 1 -> DMA32 1
 */
import type { NodeDescription } from '../include/machine.ts';
import type { ZoneIndex } from '../include/mmzone.ts';
import type { Zone } from './zone.ts';

/** The largest number of nodes: a set of nodes is one bit each. */
export const MAX_NUMNODES = 31;

/** Zones with memory, in the order they are asked. */
export type Zonelist = readonly Zone[];

/** Whether a set of nodes has this one; null: all nodes. */
export function nodeIsset(nid: number, nodemask: number | null): boolean {
  return nodemask === null || (nodemask & (1 << nid)) !== 0;
}

/** The zone a request would like best, or null when none may serve it. Linux: first_zones_zonelist(). */
export function firstZone(zonelist: Zonelist, highestZone: ZoneIndex, nodemask: number | null): Zone | null {
  for (const zone of zonelist) {
    if (zone.index <= highestZone && nodeIsset(zone.nid, nodemask)) return zone;
  }
  return null;
}

/**
 * By node: all nodes in the order it turns to them, itself first. Nearer nodes first; among equally near ones, those
 * with a higher number, those without CPUs, and those that fewer nodes have turned to before.
 */
export function nodeOrders(nodes: readonly NodeDescription[]): number[][] {
  const load = nodes.map(() => 0);
  return nodes.map((_, local) => nodeOrder(nodes, local, load));
}

/** Linux: build_zonelists(), which also counts how often a node heads a group of equally near ones. */
function nodeOrder(nodes: readonly NodeDescription[], local: number, load: number[]): number[] {
  const order = [local];
  let previous = local;
  while (order.length < nodes.length) {
    const next = nextBestNode(nodes, local, order, load);
    if (nodes[local].distances[next] !== nodes[local].distances[previous]) load[next]++;
    order.push(next);
    previous = next;
  }
  return order;
}

function nextBestNode(
  nodes: readonly NodeDescription[],
  local: number,
  used: readonly number[],
  load: readonly number[],
): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [nid, node] of nodes.entries()) {
    if (used.includes(nid)) continue;
    const distance = nodes[local].distances[nid] + Number(nid < local) + Number(node.cpus.length > 0);
    const value = distance * MAX_NUMNODES + load[nid];
    if (value < least) {
      least = value;
      best = nid;
    }
  }
  return best;
}

/** The zones of some nodes, in order. @param zones  by node, ascending by zone index */
export function buildZonelist(order: readonly number[], zones: readonly (readonly Zone[])[]): Zonelist {
  return order.flatMap((nid) => zones[nid].filter(({ managedPages }) => managedPages > 0).toReversed());
}
