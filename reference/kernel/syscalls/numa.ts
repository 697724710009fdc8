/** set_mempolicy(2). Linux: mm/mempolicy.c. SIMPLIFIED: a policy is that of a process; there is no mbind(2). */
import { EINVAL } from '../../include/errno.ts';
import type { Mempolicy } from '../../mm/mempolicy.ts';
import type { Caller } from './caller.ts';

export const MPOL_DEFAULT = 0;
export const MPOL_PREFERRED = 1;
export const MPOL_BIND = 2;
export const MPOL_INTERLEAVE = 3;
export const MPOL_LOCAL = 4;

/** @param nodes  bit n for node n. @returns the policy; null: these make no sense together. Linux: mpol_new() */
function newPolicy(mode: number, nodes: number): Mempolicy | null {
  switch (mode) {
    case MPOL_DEFAULT:
      return nodes === 0 ? { kind: 'default' } : null;
    case MPOL_LOCAL:
      return nodes === 0 ? { kind: 'local' } : null;
    case MPOL_PREFERRED:
      return nodes === 0 ? { kind: 'local' } : { kind: 'preferred', nid: 31 - Math.clz32(nodes & -nodes) };
    case MPOL_BIND:
      return nodes === 0 ? null : { kind: 'bind', nodes };
    case MPOL_INTERLEAVE:
      return nodes === 0 ? null : { kind: 'interleave', nodes, previous: -1 };
    default:
      return null;
  }
}

export const NUMA_CALLS = {
  /** @param nodes  bit n for node n; those that do not exist are ignored. @returns 0 or -EINVAL */
  set_mempolicy({ kernel, process }: Caller, mode: number, nodes: number): number {
    const present = nodes & (2 ** kernel.system.vmstat.nodes.length - 1);
    if (nodes !== 0 && present === 0) return -EINVAL;
    const policy = newPolicy(mode, present);
    if (policy === null) return -EINVAL;
    process.asking = policy.kind === 'default' ? {} : { policy };
    kernel.sched.policyChanged(process);
    return 0;
  },
} as const;
