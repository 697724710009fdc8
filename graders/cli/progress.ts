/** Shows how far the grading of a class is: a bar with a time left at a terminal, a line now and then in a log. */
import { Presets, SingleBar } from 'cli-progress';
import type { Watch } from '../pipeline.ts';

/** Lines written at most when the output is no terminal. */
const LOG_LINES = 10;

export interface Progress extends Watch {
  end(): void;
}

export function progressOn(stream: NodeJS.WriteStream, title: string): Progress {
  return stream.isTTY ? bar(stream, title) : log(stream, title);
}

function bar(stream: NodeJS.WriteStream, title: string): Progress {
  const shown = new SingleBar(
    {
      stream,
      format: `${title} {bar} {value}/{total}  {left}  {who}`,
      hideCursor: true,
      gracefulExit: true,
    },
    Presets.shades_classic,
  );
  const started = process.hrtime.bigint();
  let fresh = 0;
  let done = 0;
  let all = 0;
  return {
    begin(total, reused) {
      all = total;
      done = reused;
      shown.start(total, reused, { left: 'checking', who: '' });
    },
    graded({ submission }) {
      fresh++;
      done++;
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const left = Math.ceil((seconds / fresh) * (all - done));
      shown.update(done, { left: `${left} s left`, who: submission.who.slice(0, 30) });
    },
    end: () => shown.stop(),
  };
}

function log(stream: NodeJS.WriteStream, title: string): Progress {
  let done = 0;
  let all = 0;
  return {
    begin(total, reused) {
      all = total;
      done = reused;
      const kept = reused === 0 ? '' : `, ${reused} of them unchanged since the last run`;
      stream.write(`${title}: ${total} submissions${kept}\n`);
    },
    graded() {
      done++;
      if (done === all || done % Math.ceil(all / LOG_LINES) === 0) stream.write(`${title}: ${done} of ${all}\n`);
    },
    end() {},
  };
}
