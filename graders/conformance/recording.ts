/** A recording on disk, and what came of replaying one. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GraderError } from '../errors.ts';

/** One file. */
export interface Recording {
  /** Name of the file, without its folder. */
  readonly name: string;
  /** Its `schema`: `vma-trace/1`. */
  readonly schema: string;
  /** The whole, not parsed further. */
  readonly content: unknown;
}

/** The first thing that is not as recorded. */
export interface Disagreement {
  /** Where in the recording: `step 12`. */
  readonly place: string;
  /** What was done there. */
  readonly op: string;
  readonly expected: string;
  readonly got: string;
}

/** Replaying one recording, up to the first disagreement. */
export interface Outcome {
  /** Steps, or things to compare, in the recording. */
  readonly steps: number;
  /** Steps before the first disagreement. */
  readonly agreed: number;
  readonly disagreement: Disagreement | null;
}

/** @throws GraderError RECORDING_INVALID */
export function readRecording(path: string): Recording {
  const name = basename(path);
  const content = parse(path);
  const schema = typeof content === 'object' && content !== null && 'schema' in content ? content.schema : undefined;
  if (typeof schema !== 'string') {
    throw new GraderError('RECORDING_INVALID', `${path} is no recording: it must be a JSON object with a "schema".`);
  }
  return { name, schema, content };
}

function parse(path: string): unknown {
  try {
    const bytes = readFileSync(path);
    return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    throw new GraderError(
      'RECORDING_INVALID',
      `${path} cannot be read as a recording: it must be JSON, or JSON packed with gzip.`,
      error,
    );
  }
}

/** What one step of a replay gives: null if it is as recorded. */
export type Step = () => Disagreement | null;

/** Plays steps up to the first that disagrees, or that makes the kernel panic. */
export function playSteps(steps: readonly Step[]): Outcome {
  for (const [agreed, step] of steps.entries()) {
    const disagreement = played(step, agreed);
    if (disagreement !== null) return { steps: steps.length, agreed, disagreement };
  }
  return { steps: steps.length, agreed: steps.length, disagreement: null };
}

function played(step: Step, index: number): Disagreement | null {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'KernelPanic')) throw error;
    return { place: `step ${index}`, op: 'see the recording', expected: 'no panic', got: `panic: ${error.message}` };
  }
}
