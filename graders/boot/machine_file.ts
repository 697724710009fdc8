/** A machine as it is written down: a file of YAML, read strictly. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { GraderError } from '../errors.ts';

const MACHINES = fileURLToPath(new URL('./machines', import.meta.url));

const UNITS = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;
const TIMES = { ns: 1, us: 1e3, ms: 1e6 } as const;

/** `4 GiB`. */
const Bytes = z
  .string()
  .regex(/^\d+ (KiB|MiB|GiB)$/, 'write a size as "64 MiB": a whole number, and KiB, MiB or GiB')
  .transform((text) => {
    const [count, unit] = text.split(' ');
    return Number(count) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN);
  });

/** `80 us`, in nanoseconds. */
const Time = z
  .string()
  .regex(/^\d+ (ns|us|ms)$/, 'write a time as "80 us": a whole number, and ns, us or ms')
  .transform((text) => {
    const [count, unit] = text.split(' ');
    return Number(count) * (TIMES[unit as keyof typeof TIMES] ?? Number.NaN);
  });

const Path = z.string().regex(/^(\/[^/\s]+)+$/, 'write a path from the root on, as "/data/file"');
const Cpu = z.int().min(0).max(63);
const Count = z.int().min(0);

const Node = z.strictObject({
  cpus: z.array(Cpu),
  memory: Bytes,
  /** Part of it that is zone Movable. */
  movable: Bytes.optional(),
  /** By node. */
  distances: z.array(z.int().min(10).max(254)).optional(),
});

const Swap = z.strictObject({
  path: Path,
  size: Bytes,
  rotational: z.boolean().default(false),
  priority: z.int().min(0).max(32767).nullable().default(null),
  /** Switched on at boot. */
  on: z.boolean().default(true),
});

const File = z.union([z.strictObject({ path: Path, size: Bytes }), z.strictObject({ path: Path, text: z.string() })]);

export const MachineFile = z
  .strictObject({
    seed: z
      .int()
      .min(1)
      .max(2 ** 31),
    nodes: z.array(Node).min(1).max(16),
    disk: z.strictObject({ size: Bytes, latency: Time, perBlock: Time }),
    swap: z.array(Swap).default([]),
    files: z.array(File).default([]),
    sysctls: z.record(z.string().regex(/^(vm|kernel)\.\w+$/), Count).default({}),
    thp: z.enum(['always', 'madvise', 'never']).default('madvise'),
    /** The kernel looks for leaks of its own memory. */
    kmemleak: z.boolean().default(false),
  })
  .check(({ value, issues }) => {
    const cpus = value.nodes.flatMap((node) => node.cpus);
    const says =
      cpus.length !== new Set(cpus).size || cpus.some((cpu) => cpu >= cpus.length) || cpus.length === 0
        ? 'the CPUs of all nodes together must be 0, 1, 2 ... , each once'
        : value.nodes.some(({ distances }) => distances !== undefined && distances.length !== value.nodes.length)
          ? 'distances must be as many as there are nodes'
          : null;
    if (says !== null) issues.push({ code: 'custom', message: says, path: ['nodes'], input: value.nodes });
  });
export type MachineFile = z.infer<typeof MachineFile>;

/** Names of the machines that come with osgrade. */
export function machineNames(): string[] {
  return readdirSync(MACHINES)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, ''))
    .sort();
}

/**
 * @param machine  one of machineNames(), or the path of a file
 * @throws GraderError MACHINE_INVALID
 */
export function readMachine(machine: string): MachineFile {
  const names = machineNames();
  const path = names.includes(machine) ? join(MACHINES, `${machine}.yaml`) : machine;
  return parseMachine(path, textOf(path, names));
}

function textOf(path: string, names: readonly string[]): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const says = `There is no machine "${path}". Name one of ${names.join(', ')}, or a file that describes one.`;
    throw new GraderError('MACHINE_INVALID', says, cause);
  }
}

/** @throws GraderError MACHINE_INVALID */
export function parseMachine(path: string, text: string): MachineFile {
  const document = parseDocument(text, { prettyErrors: true });
  const [wrong] = document.errors;
  if (wrong !== undefined) throw new GraderError('MACHINE_INVALID', `${path} is not YAML: ${wrong.message}.`, wrong);
  const parsed = MachineFile.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new GraderError('MACHINE_INVALID', `${path} describes no machine. ${faults.join('; ')}.`, parsed.error);
}
