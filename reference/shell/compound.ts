/** Commands made of commands. POSIX.1-2017, 2.9.4. */
import type { Pause, Running } from '../include/tool.ts';
import type { Compound, List, Word } from './ast.ts';
import { patternOf } from './pattern.ts';
import type { Runner } from './runner.ts';
import type { Streams } from './streams.ts';
import { testWords } from './test_words.ts';

type Of<Kind extends Compound['kind']> = Extract<Compound, { kind: Kind }>;

export function* runCompound(
  runner: Runner,
  compound: Exclude<Compound, { kind: 'subshell' }>,
  streams: Streams,
): Running {
  switch (compound.kind) {
    case 'group':
      return yield* runner.list(compound.body, streams);
    case 'if':
      return yield* runIf(runner, compound, streams);
    case 'loop':
      return yield* runLoop(runner, compound, streams);
    case 'for':
      return yield* runFor(runner, compound, streams);
    case 'count':
      return yield* runCount(runner, compound, streams);
    case 'arithmetic': {
      const value = yield* runner.arithmetic(compound.text, streams);
      return value === null || value === 0n ? 1 : 0;
    }
    case 'test':
      return yield* testWords(runner, compound.words, streams);
    case 'case':
      return yield* runCase(runner, compound, streams);
    case 'function':
      runner.state.functions.set(compound.name, compound.body);
      return 0;
    default: {
      const never: never = compound;
      return never;
    }
  }
}

function* runIf(runner: Runner, { branches }: Of<'if'>, streams: Streams): Running {
  for (const { condition, body } of branches) {
    const holds = condition === null || (yield* asCondition(runner, condition, streams)) === 0;
    if (runner.state.jump !== null) return runner.state.status;
    if (holds) return yield* runner.list(body, streams);
  }
  return 0;
}

/** Its failure ends no script (set -e). */
function* asCondition(runner: Runner, condition: List, streams: Streams): Running {
  const { options } = runner.state;
  const had = options.delete('errexit');
  const status = yield* runner.list(condition, streams);
  if (had) options.add('errexit');
  return status;
}

function* runLoop(runner: Runner, { until, condition, body }: Of<'loop'>, streams: Streams): Running {
  let status = 0;
  yield* looping(runner, function* () {
    const holds = ((yield* asCondition(runner, condition, streams)) === 0) !== until;
    if (!holds || runner.state.jump !== null) return false;
    status = yield* runner.list(body, streams);
    return true;
  });
  return status;
}

function* runFor(runner: Runner, { name, words, body }: Of<'for'>, streams: Streams): Running {
  const { state } = runner;
  const values = words === null ? state.positional : yield* runner.words(words, streams);
  if (values === null) return 1;
  const rest = [...values];
  let status = 0;
  yield* looping(runner, function* () {
    const value = rest.shift();
    if (value === undefined) return false;
    state.variables.set(name, value);
    status = yield* runner.list(body, streams);
    return true;
  });
  return status;
}

function* runCount(runner: Runner, { parts, body }: Of<'count'>, streams: Streams): Running {
  const [first, condition, step] = parts;
  const value = (word: Word) => runner.arithmetic(word, streams);
  const isEmpty = (word: Word): boolean => word.every((part) => part.kind === 'text' && part.text.trim() === '');
  if ((yield* value(first)) === null) return 1;
  let status = 0;
  yield* looping(runner, function* () {
    const holds = isEmpty(condition) ? 1n : yield* value(condition);
    if (holds === null || holds === 0n) return false;
    status = yield* runner.list(body, streams);
    return (yield* value(step)) !== null;
  });
  return status;
}

/** Again and again, until it says false, or a jump leads out. */
function* looping({ state }: Runner, turn: () => Generator<Pause, boolean, void>): Generator<Pause, void, void> {
  state.loops++;
  while (yield* turn()) {
    // An endless loop, too, gives way to others.
    yield 0;
    const { jump } = state;
    if (jump === null) continue;
    if (jump.kind === 'return' || jump.kind === 'exit') break;
    state.jump = jump.levels > 1 ? { ...jump, levels: jump.levels - 1 } : null;
    if (jump.kind === 'break' || jump.levels > 1) break;
  }
  state.loops--;
}

function* runCase(runner: Runner, { word, arms }: Of<'case'>, streams: Streams): Running {
  const text = yield* runner.text(word, streams);
  if (text === null) return 1;
  for (const { patterns, body } of arms) {
    for (const pattern of patterns) {
      const pieces = yield* runner.pieces(pattern, streams);
      if (pieces === null) return 1;
      if (patternOf(pieces).test(text)) return yield* runner.list(body, streams);
    }
  }
  return 0;
}
