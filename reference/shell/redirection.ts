/** Opens the files that a command is redirected to. POSIX.1-2017, 2.7. */
import { strerror } from '../lib/strerror.ts';
import type { Redirect } from './ast.ts';
import type { Expanding } from './expand.ts';
import type { Runner } from './runner.ts';
import { FileSink, Input, type Sink, type Streams } from './streams.ts';

const CLOSED: Sink = { write: () => 0, isFull: false, path: null };

/** @returns what the command reads and writes; null: a file could not be opened, and that was said */
export function* redirected(
  runner: Runner,
  redirects: readonly Redirect[],
  streams: Streams,
): Expanding<Streams | null> {
  let now = streams;
  for (const redirect of redirects) {
    const target = yield* runner.text(redirect.target, streams);
    if (target === null) return null;
    const next = apply(runner, redirect, target, now);
    if (typeof next === 'string') {
      streams.err.write(`bash: ${next}\n`);
      return null;
    }
    now = next;
  }
  return now;
}

/** @returns the streams, or what is wrong */
function apply({ state: { files } }: Runner, { op, fd }: Redirect, target: string, now: Streams): Streams | string {
  switch (op) {
    case '<': {
      const text = files.read(target);
      return typeof text === 'number' ? `${target}: ${strerror(text)}` : { ...now, input: new Input(text) };
    }
    case '<<':
      return { ...now, input: new Input(target) };
    case '<<<':
      return { ...now, input: new Input(`${target}\n`) };
    case '>':
    case '>>':
    case '&>':
    case '&>>': {
      const error = files.create(target, op === '>' || op === '&>' ? 'truncate' : 'append');
      if (error !== 0) return `${target}: ${strerror(error)}`;
      const sink = new FileSink(files, target);
      return op.startsWith('&') ? { ...now, out: sink, err: sink } : withSink(now, fd, sink);
    }
    case '<&':
      return now;
    case '>&':
      if (target === '1') return withSink(now, fd, now.out);
      if (target === '2') return withSink(now, fd, now.err);
      return target === '-' ? withSink(now, fd, CLOSED) : `${target}: ambiguous redirect`;
    default: {
      const never: never = op;
      return never;
    }
  }
}

function withSink(now: Streams, fd: number, sink: Sink): Streams {
  if (fd === 1) return { ...now, out: sink };
  return fd === 2 ? { ...now, err: sink } : now;
}
