/** set_mempolicy(2), mbind(2). Linux: mm/mempolicy.c. */
import { EINVAL, EPERM } from '../../include/errno.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { UserAddr } from '../../include/types.ts';
import { pageAlign } from '../../lib/page_align.ts';
import type { Mempolicy } from '../../mm/mempolicy.ts';
import { doMbind, MPOL_MF_MOVE, MPOL_MF_MOVE_ALL, MPOL_MF_STRICT } from '../../mm/vma_policy.ts';
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

/** @param nodes  those that do not exist are left out. @returns null: these make no sense together */
function policyOf({ kernel }: Caller, mode: number, nodes: number): { policy: Mempolicy; nodes: number } | null {
  const present = nodes & (2 ** kernel.system.vmstat.nodes.length - 1);
  if (nodes !== 0 && present === 0) return null;
  const policy = newPolicy(mode, present);
  return policy === null ? null : { policy, nodes: present };
}

const MPOL_MF_VALID = MPOL_MF_STRICT | MPOL_MF_MOVE | MPOL_MF_MOVE_ALL;

export const NUMA_CALLS = {
  /** @param nodes  bit n for node n; those that do not exist are ignored. @returns 0 or -EINVAL */
  set_mempolicy(caller: Caller, mode: number, nodes: number): number {
    const { kernel, process } = caller;
    const wanted = policyOf(caller, mode, nodes);
    if (wanted === null) return -EINVAL;
    const { policy } = wanted;
    process.asking = policy.kind === 'default' ? {} : { policy };
    kernel.sched.policyChanged(process);
    return 0;
  },
  /** What set_mempolicy() has set. @returns the policy of the process */
  get_mempolicy: ({ process }: Caller): Mempolicy => process.asking.policy ?? { kind: 'default' },
  /**
   * @param addr  a multiple of the page size
   * @param flags  MPOL_MF_ bits
   * @returns 0; -EINVAL, -EPERM: MPOL_MF_MOVE_ALL is not for everybody (Linux: CAP_SYS_NICE; here CAP_SYS_ADMIN); or
   *   as doMbind
   */
  mbind(caller: Caller, addr: UserAddr, len: number, mode: number, nodes: number, flags: number): number {
    const { process, mm } = caller;
    if (flags & ~MPOL_MF_VALID) return -EINVAL;
    if (flags & MPOL_MF_MOVE_ALL && !process.owner.capable.sysAdmin) return -EPERM;
    const end = addr + pageAlign(len);
    if (addr % PAGE_SIZE !== 0 || end < addr) return -EINVAL;
    const wanted = policyOf(caller, mode, nodes);
    if (wanted === null) return -EINVAL;
    if (end === addr) return 0;
    const isDefault = mode === MPOL_DEFAULT;
    const policy = isDefault ? null : wanted.policy;
    return doMbind(
      mm,
      { start: addr, end },
      { policy, nodes: wanted.nodes },
      isDefault ? flags & ~MPOL_MF_STRICT : flags,
    );
  },
} as const;
