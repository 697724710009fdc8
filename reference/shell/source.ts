/** The text of a script while it is read, letter by letter. */

/** The script is no script. It never leaves parse(). */
export class NotAScript extends Error {
  /** More lines could still make it one. */
  readonly incomplete: boolean;

  constructor(says: string, incomplete: boolean) {
    super(says);
    this.incomplete = incomplete;
  }
}

export class Source {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next letter; '' at the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  sees(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** Goes past a text, if it is next. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Goes past what a pattern (sticky) finds here. */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  /** Blanks, lines that go on, and a comment. */
  skipBlanks(): void {
    this.match(/(?:[ \t]|\\\n)*/y);
    this.match(/#[^\n]*/y);
  }

  /** Until a text, which is left behind. @param looking  for what, if it never comes */
  until(end: string, looking: string): string {
    const stop = this.text.indexOf(end, this.at);
    if (stop < 0) throw new NotAScript(`unexpected EOF while looking for matching \`${looking}'`, true);
    const text = this.text.slice(this.at, stop);
    this.at = stop + end.length;
    return text;
  }
}
