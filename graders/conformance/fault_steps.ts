/** Recordings of the schema fault-trace/1: what processes did, and what the kernel showed of them after each step. */
import { z } from 'zod';
import { Bytes, range, SystemCall } from './system_calls.ts';

/** A run of pages: first in the mapping, count, code, and the id of the first: a frame, a slot, Z or nothing. */
const Run = z.tuple([z.number(), z.number(), z.string(), z.union([z.number(), z.string(), z.null()])]);
export type Run = z.infer<typeof Run>;

const Vma = z
  .object({
    v: z.tuple([z.number(), z.number(), z.string(), z.number(), z.string()]),
    fl: z.string(),
    pages: z.array(Run).default([]),
  })
  .catchall(z.number());
export type RecordedVma = z.infer<typeof Vma>;

const ProcessState = z.object({
  vmas: z.array(Vma),
  rss_delta_kb: z.record(z.string(), z.number()),
  VmPTE_kb: z.number(),
});
export type ProcessState = z.infer<typeof ProcessState>;

const seen = {
  i: z.number(),
  proc: z.number(),
  ret: z.union([z.number(), z.string()]),
  err: z.string(),
  /** Not told of fork and exit. */
  minflt: z.number().optional(),
  majflt: z.number().optional(),
  state: z.record(z.string(), ProcessState),
  /** HugePages_ of /proc/meminfo; told where there is a pool. */
  hugepages: z.record(z.string(), Bytes).optional(),
};

/** What the recorder does itself has no answer. */
const silent = { ret: seen.ret.default(0), err: seen.err.default('') };

export const FaultStep = z.union([
  z.discriminatedUnion('op', [
    z.object({ op: z.literal('msync'), ...range, ...seen }),
    z.object({ op: z.literal('fsync'), fd: z.string(), ...seen }),
    z.object({ op: z.literal('touch'), write: z.boolean(), addrs: z.array(z.number()), ...seen }),
    z.object({ op: z.literal('fork'), child: z.number(), ...seen }),
    z.object({ op: z.literal('exit'), ...seen }),
    z.object({ op: z.literal('settle'), ms: z.number(), ...seen, ...silent }),
    z.object({ op: z.literal('reclaim_all'), ...seen, ...silent }),
  ]),
  z.intersection(SystemCall, z.object(seen)),
]);
export type FaultStep = z.infer<typeof FaultStep>;

export const FaultTrace = z.object({
  /** VmPTE of the process before the first step, in kB. */
  vmpte_base_kb: z.number(),
  steps: z.array(FaultStep),
});

/** What was done, without what was seen. */
export function calledAs(step: FaultStep): string {
  const { i: _i, ret: _ret, err: _err, minflt: _min, majflt: _maj, state: _state, hugepages: _huge, ...call } = step;
  return JSON.stringify(call);
}
