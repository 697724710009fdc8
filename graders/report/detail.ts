/** What there is to say about one verdict: the words and pictures of a section of the feedback page. */
import type { Counterexample, Figure, Location, Thrown, Verdict } from '../model/verdict.ts';
import { type CurveView, curveView } from './figures/curve.ts';
import { type GridView, gridView } from './figures/grid.ts';
import { type StripView, stripView } from './figures/strip.ts';
import { block, counted, line, title } from './text.ts';

const MAX_STEPS = 60;
const MAX_EXAMPLES = 3;
const MAX_FIGURES = 6;
const MAX_PLACES = 12;
const MAX_REASONS = 20;

export interface FigureView {
  readonly strip: StripView | null;
  readonly grid: GridView | null;
}

export interface ExampleView {
  /** Steps before the first that is shown, in words; empty when all are shown. */
  readonly before: string;
  readonly steps: readonly { readonly number: number; readonly says: string; readonly last: boolean }[];
  readonly expected: string;
  readonly actual: string;
  readonly figures: readonly FigureView[];
}

/** Empty lists and null: nothing of the kind to show. */
export interface Detail {
  /** What went wrong, in a sentence. */
  readonly lead: string;
  readonly note: string;
  readonly reasons: readonly string[];
  readonly examples: readonly ExampleView[];
  readonly thrown: { readonly says: string } | null;
  /** The student's own lines, the innermost first. */
  readonly places: readonly string[];
  readonly curve: CurveView | null;
}

export function place(at: Location): string {
  return `${title(at.file)}:${at.line}:${at.column}`;
}

/** The innermost places; an endless recursion has the same one thousands of times. */
function places(at: readonly Location[]): string[] {
  return [...new Set(at.slice(0, 200).map(place))].slice(0, MAX_PLACES);
}

function figureView(figure: Figure): FigureView {
  return figure.kind === 'strip' ? { strip: stripView(figure), grid: null } : { strip: null, grid: gridView(figure) };
}

function exampleView(example: Counterexample): ExampleView {
  const hidden = Math.max(0, example.steps.length - MAX_STEPS);
  return {
    before: hidden > 0 ? `${counted(hidden, 'step')} before these` : '',
    steps: example.steps.slice(hidden).map((step, i, shown) => ({
      number: hidden + i + 1,
      says: line(step),
      last: i === shown.length - 1,
    })),
    expected: block(example.expected),
    actual: block(example.actual),
    figures: example.figures.slice(0, MAX_FIGURES).map(figureView),
  };
}

function thrownSays({ name, message }: Thrown): string {
  return message === '' ? title(name) : `${title(name)}: ${block(message)}`;
}

const NOTHING: Detail = { lead: '', note: '', reasons: [], examples: [], thrown: null, places: [], curve: null };

export function detail(verdict: Verdict): Detail {
  switch (verdict.kind) {
    case 'passed':
      return { ...NOTHING, curve: verdict.curve === undefined ? null : curveView(verdict.curve) };
    case 'failed':
      return {
        ...NOTHING,
        lead: line(verdict.hint),
        note: `${verdict.failed} of ${counted(verdict.tests, 'test')} ${verdict.failed === 1 ? 'does' : 'do'} not pass.`,
        examples: verdict.counterexamples.slice(0, MAX_EXAMPLES).map(exampleView),
      };
    case 'crashed':
      return {
        ...NOTHING,
        lead: line(verdict.hint),
        thrown: { says: thrownSays(verdict.thrown) },
        places: places(verdict.thrown.at),
      };
    case 'timedOut':
      return { ...NOTHING, lead: line(verdict.hint), note: TIMED_OUT[verdict.limit], places: places(verdict.at) };
    case 'overBudget':
      return { ...NOTHING, lead: line(verdict.hint), note: OVER[verdict.why], curve: curveView(verdict.curve) };
    case 'skipped':
      return { ...NOTHING, lead: `“${title(verdict.because)}” has to pass first.` };
    case 'ungradable':
      return {
        ...NOTHING,
        lead: 'There was nothing here that could be run.',
        reasons: verdict.reasons.slice(0, MAX_REASONS).map((reason) => line(reason)),
      };
    case 'broken':
      return {
        ...NOTHING,
        lead: 'The grader itself failed here. You lose no points by it, and your instructor has been told.',
        note: `Your instructor can look it up as ${title(verdict.code)}.`,
      };
    default:
      return verdict satisfies never;
  }
}

const TIMED_OUT = {
  work: 'It was stopped after a fixed number of steps, far more than the task needs. Look for a loop that never ends.',
  wall: 'It was stopped after a long time without coming back, and again when tried once more.',
} as const;

const OVER = {
  ratio: 'The answers are right; it takes too much work to get them.',
  growth: 'The answers are right; but the work grows too fast with the size.',
} as const;
