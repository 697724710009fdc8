/**
 * The prompt: lines with history and completion, Ctrl-C and Ctrl-D as a terminal has them. The only place where a machine
 * meets real time: a command that goes on and on is slowed down, so that it can be read and stopped.
 */
import { createInterface, type Interface } from 'node:readline';
import type { Session } from '../../reference/shell/session.ts';
import { Breath, fromText, toBytes } from './drive.ts';

/** Waits of a command on the virtual clock that take no real time, and what each takes after that, in ms. */
const FREE_WAITS = 50;
const PACE_MS = 100;

export interface Console {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** Until somebody leaves. @returns the exit status */
export async function prompt(session: Session, { input, output }: Console): Promise<number> {
  session.interactive = true;
  const lines = createInterface({
    input,
    output,
    terminal: input.isTTY === true,
    historySize: 1000,
    completer: (line: string): [string[], string] => completions(session, line),
  });
  const typed = new Typed(lines);
  try {
    for (;;) {
      const text = await typed.command(session, output);
      if (text === null) break;
      await run(session, text, lines, output);
      if (session.hasEnded) break;
    }
  } finally {
    lines.close();
  }
  return session.status;
}

/** Lines as they are typed; those that were typed ahead wait. */
class Typed {
  readonly #lines: Interface;
  readonly #waiting: string[] = [];
  #closed = false;
  #wake: (() => void) | null = null;
  #interrupted = false;

  constructor(lines: Interface) {
    this.#lines = lines;
    lines.on('line', (line) => {
      this.#waiting.push(line);
      this.#wake?.();
    });
    lines.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
    lines.on('SIGINT', () => {
      this.#interrupted = true;
      this.#wake?.();
    });
  }

  /** A whole command, of several lines if need be. @returns null: Ctrl-D */
  async command(session: Session, output: NodeJS.WritableStream): Promise<string | null> {
    let text = '';
    for (;;) {
      const line = await this.#line(text === '' ? session.notices() + session.prompt : '> ', output);
      if (line === 'interrupted') {
        text = '';
        continue;
      }
      if (line === null) {
        output.write(text === '' ? 'exit\n' : 'bash: syntax error: unexpected end of file\n');
        return null;
      }
      text += `${line.text}\n`;
      const parsed = session.parse(fromText(text));
      if (parsed.kind === 'incomplete') continue;
      const typed = text.trim();
      if (typed !== '') session.remember(fromText(typed));
      return text;
    }
  }

  async #line(prompt: string, output: NodeJS.WritableStream): Promise<{ text: string } | null | 'interrupted'> {
    const at = prompt.lastIndexOf('\n') + 1;
    output.write(toBytes(prompt.slice(0, at)));
    this.#lines.setPrompt(prompt.slice(at));
    this.#interrupted = false;
    if (!this.#closed) this.#lines.prompt();
    for (;;) {
      const text = this.#waiting.shift();
      if (text !== undefined) return { text };
      if (this.#closed) return null;
      if (this.#interrupted) {
        this.#lines.write(null, { ctrl: true, name: 'e' });
        output.write('^C\n');
        this.#lines.setPrompt('');
        this.#lines.write(null, { ctrl: true, name: 'u' });
        return 'interrupted';
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Runs a command, and looks at the keyboard now and then. */
async function run(session: Session, text: string, lines: Interface, output: NodeJS.WritableStream): Promise<void> {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  lines.on('SIGINT', stop);
  const { clock } = session.kernel.rooms;
  session.begin(fromText(text));
  let waits = 0;
  let before = clock.now;
  const breath = new Breath();
  while (session.step()) {
    if (stopped) {
      output.write('^C\n');
      session.interrupt();
      continue;
    }
    // A second or so on the virtual clock is a wait; computing is not.
    if (clock.now - before >= 1e8) waits++;
    before = clock.now;
    if (waits > FREE_WAITS) {
      waits = FREE_WAITS;
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    } else if (breath.isDue) {
      await breath.take();
    }
  }
  lines.off('SIGINT', stop);
}

function completions(session: Session, line: string): [string[], string] {
  const { word, choices } = session.complete(fromText(line));
  const only = choices.length === 1 && !choices[0].endsWith('/') ? [`${choices[0]} `] : [...choices];
  return [only, word];
}
