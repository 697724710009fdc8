/** Replays recordings of a real kernel on the reference kernel, and says where the two disagree. */
import { ZodError } from 'zod';
import { GraderError } from '../errors.ts';
import { replayAslr } from './aslr.ts';
import { replayFault } from './fault.ts';
import { type Kernel, loadKernel } from './kernel.ts';
import { replayPlace } from './place.ts';
import { type Disagreement, type Outcome, type Recording, readRecording } from './recording.ts';
import { replaySlab } from './slab.ts';
import { replayVma } from './vma.ts';
import { replayZones } from './zones.ts';

interface Family {
  readonly name: string;
  readonly schema: string;
  readonly replay: (kernel: Kernel, content: unknown) => Outcome;
}

const FAMILIES: readonly Family[] = [
  { name: 'vma', schema: 'vma-trace/1', replay: replayVma },
  { name: 'place', schema: 'place-trace/1', replay: replayPlace },
  { name: 'fault', schema: 'fault-trace/1', replay: replayFault },
  { name: 'aslr', schema: 'aslr/1', replay: replayAslr },
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
  for (const { name, schema, replay } of FAMILIES) {
    const outcomes = recordings
      .filter((recording) => recording.schema === schema)
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

function familyOf({ name, schema }: Recording): Family {
  const family = FAMILIES.find((each) => each.schema === schema);
  if (family !== undefined) return family;
  const known = FAMILIES.map((each) => each.schema).join(', ');
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
