/** Replays recordings of a real kernel on the reference kernel, and says where the two disagree. */
import { ZodError } from 'zod';
import { GraderError } from '../errors.ts';
import { replayAslr } from './aslr.ts';
import { replayFault } from './fault.ts';
import { replayHugetlb } from './hugetlb.ts';
import { type Kernel, loadKernel } from './kernel.ts';
import { replayOom } from './oom.ts';
import { replayPlace } from './place.ts';
import { type Disagreement, type Outcome, type Recording, readRecording } from './recording.ts';
import { replaySlab } from './slab.ts';
import { replaySwap } from './swap.ts';
import { replayVma } from './vma.ts';
import { replayZones } from './zones.ts';

interface Family {
  readonly name: string;
  readonly schema: string;
  /** What its recordings have in their header, where others have the same schema; the first family that fits has them. */
  readonly has?: string;
  readonly replay: (kernel: Kernel, content: unknown) => Outcome;
}

const FAMILIES: readonly Family[] = [
  { name: 'vma', schema: 'vma-trace/1', replay: replayVma },
  { name: 'place', schema: 'place-trace/1', replay: replayPlace },
  { name: 'fault', schema: 'fault-trace/1', has: 'files', replay: replayFault },
  { name: 'swap', schema: 'fault-trace/1', has: 'swap_file_mib', replay: replaySwap },
  { name: 'hugetlb', schema: 'fault-trace/1', has: 'nr_hugepages', replay: replayHugetlb },
  { name: 'thp', schema: 'fault-trace/1', replay: replayFault },
  { name: 'aslr', schema: 'aslr/1', replay: replayAslr },
  { name: 'oom', schema: 'oom-score/1', replay: replayOom },
  { name: 'slab geometry', schema: 'slab-geometry/1', replay: replaySlab },
  { name: 'zones and watermarks', schema: 'zones/1', replay: replayZones },
];

/** What came of all recordings of one family. */
interface Tally {
  readonly family: string;
  readonly outcomes: readonly Outcome[];
}

/**
 * @param paths  of recordings
 * @returns what to print, and whether every recording agrees
 * @throws GraderError RECORDING_INVALID
 */
export async function conformance(paths: readonly string[]): Promise<[text: string, agrees: boolean]> {
  const recordings = paths.map((path) => readRecording(path));
  for (const recording of recordings) familyOf(recording);
  const kernel = await loadKernel();
  let first: string | null = null;
  const tallies: Tally[] = [];
  for (const family of FAMILIES) {
    const { name, replay } = family;
    const outcomes = recordings
      .filter((recording) => familyOf(recording) === family)
      .map((recording) => {
        const outcome = replayed(kernel, replay, recording);
        if (outcome.disagreement !== null) first ??= told(recording.name, outcome.disagreement);
        return outcome;
      });
    if (outcomes.length > 0) tallies.push({ family: name, outcomes });
  }
  const agreeing = tallies.reduce((sum, { outcomes }) => sum + outcomes.filter(agreed).length, 0);
  const lines = [
    ...tallies.map(line),
    ...(first === null ? [] : ['', 'The first disagreement:', first, '']),
    `conformance: ${agreeing} of ${recordings.length} traces agree`,
  ];
  return [lines.join('\n'), agreeing === recordings.length];
}

function belongsTo({ schema, content }: Recording, family: Family): boolean {
  if (schema !== family.schema) return false;
  return family.has === undefined || (typeof content === 'object' && content !== null && family.has in content);
}

function familyOf(recording: Recording): Family {
  const { name, schema } = recording;
  const family = FAMILIES.find((each) => belongsTo(recording, each));
  if (family !== undefined) return family;
  const known = FAMILIES.map((each) =>
    each.has === undefined ? each.schema : `${each.schema} with "${each.has}"`,
  ).join(', ');
  throw new GraderError(
    'RECORDING_INVALID',
    `${name} is of the schema "${schema}", which cannot be replayed yet. These can: ${known}.`,
  );
}

function replayed(kernel: Kernel, replay: Family['replay'], { name, content }: Recording): Outcome {
  try {
    return replay(kernel, content);
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [issue] = error.issues;
    const where = issue === undefined ? '' : ` At ${issue.path.join('.')}: ${issue.message}.`;
    throw new GraderError('RECORDING_INVALID', `${name} does not fit its schema.${where}`, error);
  }
}

const agreed = ({ disagreement }: Outcome): boolean => disagreement === null;

/** `vma 89/89 traces, 15840/15840 steps` */
function line({ family, outcomes }: Tally): string {
  const sum = (count: (outcome: Outcome) => number): number => outcomes.reduce((all, each) => all + count(each), 0);
  const traces = `${outcomes.filter(agreed).length}/${outcomes.length} traces`;
  return `${family} ${traces}, ${sum((each) => each.agreed)}/${sum((each) => each.steps)} steps`;
}

function told(name: string, { place, op, expected, got }: Disagreement): string {
  const block = (text: string): string => text.replace(/^/gm, '    ');
  return `${name}, ${place}: ${op}\n  expected\n${block(expected)}\n  got\n${block(got)}`;
}
