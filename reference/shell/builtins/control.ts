/** Commands that decide what is run next. bash(1). */
import { strerror } from '../../lib/strerror.ts';
import type { Builtin, BuiltinCall } from '../runner.ts';

export const yes: Builtin = () => 0;
export const no: Builtin = () => 1;

/** @returns null: it is no number, which was said */
function numberOf({ args, fail }: BuiltinCall, otherwise: number): number | null {
  const [text] = args;
  if (text === undefined) return otherwise;
  if (/^[-+]?\d+$/.test(text)) return Number(text);
  fail(`${text}: numeric argument required`);
  return null;
}

export const exit: Builtin = (call) => {
  const { state } = call;
  if (call.args.length > 1) return call.fail('too many arguments');
  const status = (numberOf(call, state.status) ?? 2) & 255;
  state.jump = { kind: 'exit', status };
  return status;
};

export const goBack: Builtin = (call) => {
  const { state, fail } = call;
  if (state.calls === 0) return fail("can only `return' from a function or sourced script");
  const status = (numberOf(call, state.status) ?? 2) & 255;
  state.jump = { kind: 'return', status };
  return status;
};

const loopJump =
  (kind: 'break' | 'continue'): Builtin =>
  (call) => {
    const { state, fail } = call;
    const levels = numberOf(call, 1);
    if (levels === null) return 1;
    if (state.loops === 0) {
      fail("only meaningful in a `for', `while', or `until' loop");
      return 0;
    }
    if (levels < 1) return fail(`${levels}: loop count out of range`);
    state.jump = { kind, levels: Math.min(levels, state.loops) };
    return 0;
  };
export const leave = loopJump('break');
export const next = loopJump('continue');

export const evaluateText: Builtin = ({ runner, args, streams }) => runner.script(args.join(' '), streams);

export const source: Builtin = function* ({ runner, state, args, streams, fail }) {
  const [path, ...rest] = args;
  if (path === undefined) return fail('filename argument required');
  const text = state.files.read(path);
  if (typeof text === 'number') {
    streams.err.write(`bash: ${path}: ${strerror(text)}\n`);
    return 1;
  }
  const { positional } = state;
  if (rest.length > 0) state.positional = rest;
  state.calls++;
  const status = yield* runner.script(text, streams);
  state.calls--;
  state.positional = positional;
  if (state.jump?.kind !== 'return') return status;
  ({ status: state.status } = state.jump);
  state.jump = null;
  return state.status;
};
