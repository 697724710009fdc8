/** Reads off a failed test whose fault it was and what it says. Errors come from another realm: told by shape, not class. */
import { z } from 'zod';
import type { Outcome } from '../model/observation.ts';
import type { Program } from '../model/program.ts';
import { Counterexample } from '../model/verdict.ts';
import type { StopReason } from '../subject/wire.ts';
import { locate } from './locate.ts';

const ErrorShape = z.object({ name: z.string(), message: z.string() });
const WrongShape = z.object({ name: z.literal('Wrong'), counterexample: Counterexample });
const SubjectShape = z.object({ fromSubject: z.literal(true), subjectStack: z.string() });

/** How much is kept of a text that a test says, in characters: what the subject answered may be in it. */
const SAID = 4000;
const cut = (text: string): string => (text.length > SAID ? `${text.slice(0, SAID)}…` : text);

const STOPPED = {
  memory: 'the memory limit was reached',
  trap: 'the interpreter gave up',
} as const;

/**
 * @param thrown  what the test threw
 * @param stopped  why the realm was stopped during the test, if it was: this outweighs what the test made of it
 */
export function outcomeOf(thrown: unknown, stopped: StopReason | undefined, program: Program): Outcome {
  if (stopped === 'work') return { kind: 'timedOut', limit: 'work' };
  if (stopped !== undefined) {
    return { kind: 'crashed', thrown: { name: 'InternalError', message: STOPPED[stopped], at: [] } };
  }
  const error = ErrorShape.safeParse(shapeOf(thrown)).data ?? { name: 'thrown', message: String(thrown) };
  const wrong = WrongShape.safeParse(shapeOf(thrown));
  if (wrong.success) {
    const text = JSON.stringify(wrong.data.counterexample);
    const parts: unknown = JSON.parse(text, (_, part: unknown) => (typeof part === 'string' ? cut(part) : part));
    return { kind: 'failed', counterexample: Counterexample.parse(parts), says: cut(error.message) };
  }
  const subject = SubjectShape.safeParse(shapeOf(thrown));
  if (subject.success) {
    const at = locate(program, subject.data.subjectStack);
    return { kind: 'crashed', thrown: { name: error.name, message: error.message, at } };
  }
  if (error.name === 'KernelPanic') return { kind: 'crashed', thrown: { ...error, at: [] } };
  return { kind: 'failed', counterexample: null, says: cut(error.message) };
}

/** The fields of an error that matter, whichever realm it is from. */
function shapeOf(thrown: unknown): unknown {
  if (typeof thrown !== 'object' || thrown === null) return thrown;
  const names = ['name', 'message', 'counterexample', 'fromSubject', 'subjectStack'] as const;
  return Object.fromEntries(names.map((name) => [name, Reflect.get(thrown, name) as unknown]));
}
