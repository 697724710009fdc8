/**
 * On which nodes memory is wanted. Linux: mm/mempolicy.c.
 *
 * | policy | asks first | falls back to |
 * | :--- | :--- | :--- |
 * | default, local | the node of the CPU that runs | all |
 * | preferred | one node | all |
 * | bind | the nearest node of a set | this set |
 * | interleave | the nodes of a set in turn | all |
 */
import { ZONE_MOVABLE, type ZoneIndex } from '../include/mmzone.ts';
import type { Zone } from './zone.ts';

/** `nodes` is a set: bit n for node n. */
export type Mempolicy =
  | { readonly kind: 'default' | 'local' }
  | { readonly kind: 'preferred'; readonly nid: number }
  | { readonly kind: 'bind'; readonly nodes: number }
  | {
      readonly kind: 'interleave';
      readonly nodes: number;
      /** Node of the last page that was not given an index; -1: none yet. Linux: task_struct.il_prev. */
      previous: number;
    };

/** Whether two policies want the same. Linux: mpol_equal(). */
export function mpolEqual(a: Mempolicy | null, b: Mempolicy | null): boolean {
  if (a === null || b === null) return a === b;
  const [ofA, ofB] = [a, b].map((each) => ('nodes' in each ? each.nodes : 'nid' in each ? each.nid : 0));
  return a.kind === b.kind && ofA === ofB;
}

/** Where to ask. */
export interface PolicyNodes {
  readonly nid: number;
  /** Nodes that may serve it, one bit each; null: all. */
  readonly nodemask: number | null;
}

const inSet = (nodes: number, nid: number): boolean => (nodes & (1 << nid)) !== 0;

/** The first node of a set behind a node, or the first of all. Linux: next_node_in(). */
function nextNodeIn(nodes: number, after: number): number {
  const from = (nodes >>> (after + 1)) << (after + 1);
  const candidates = after < 31 && from !== 0 ? from : nodes;
  return 31 - Math.clz32(candidates & -candidates);
}

/** The n-th node of a set, counted round and round. Linux: interleave_nid(). */
function nthNode(nodes: number, n: number): number {
  const members = Array.from({ length: 31 }, (_, nid) => nid).filter((nid) => inSet(nodes, nid));
  return members[n % members.length];
}

/**
 * The highest zone, other than Movable, that any node has: a bind policy does not hold for requests that must lie lower,
 * since not all nodes have such memory. Linux: policy_zone.
 */
export function policyZone(zones: readonly Zone[]): ZoneIndex {
  return zones.reduce<ZoneIndex>((highest, { index, managedPages }) => {
    return managedPages > 0 && index < ZONE_MOVABLE && index > highest ? index : highest;
  }, 0);
}

/**
 * Where a policy wants a page. Linux: policy_nodemask().
 * @param local  node of the CPU that runs
 * @param index  of the page in its mapping, in pages of the wanted order; null: none: the task's own turn is taken
 * @param bindHolds  whether the request may lie as high as policyZone()
 */
export function policyNodes(policy: Mempolicy, local: number, index: number | null, bindHolds: boolean): PolicyNodes {
  switch (policy.kind) {
    case 'default':
    case 'local':
      return { nid: local, nodemask: null };
    case 'preferred':
      return { nid: policy.nid, nodemask: null };
    case 'bind':
      return { nid: local, nodemask: bindHolds ? policy.nodes : null };
    case 'interleave': {
      if (index !== null) return { nid: nthNode(policy.nodes, index), nodemask: null };
      policy.previous = nextNodeIn(policy.nodes, policy.previous);
      return { nid: policy.previous, nodemask: null };
    }
  }
}
