import { ts } from 'ts-morph';
import type { Location } from '../model/verdict.ts';
import { type Inspection, quotable, refusal } from './inspection.ts';

/** Levels of brackets, operators and blocks inside one another, beyond which no program written by hand goes. */
const MAX_DEPTH = 500;

/** A parsed file. Its name is its path in starter/, below `/`. */
export interface Source extends Inspection {
  readonly file: ts.SourceFile;
}

/** Parses one file. What cannot be parsed, or is nested beyond measure, cannot be graded. */
export function parse(path: string, text: string): Source {
  // `@ts-nocheck` would silence the type checker; a comment of the same length does not.
  const checked = text.replaceAll('@ts-nocheck', '@ts_nocheck');
  const empty = (): ts.SourceFile => ts.createSourceFile(`/${path}`, '', ts.ScriptTarget.ES2023, true);
  const file = unlessTooDeep(() => ts.createSourceFile(`/${path}`, checked, ts.ScriptTarget.ES2023, true));
  if (file !== undefined && depth(file) <= MAX_DEPTH) return { file, findings: [], reasons: [] };
  const says = `${path} is nested more than ${MAX_DEPTH} levels deep: split it up.`;
  return { file: empty(), ...refusal({ severity: 'error', rule: 'syntax', says, at: null }) };
}

/** Undefined when the compiler, which descends by recursion, runs out of stack. */
export function unlessTooDeep<T>(descend: () => T): T | undefined {
  try {
    return descend();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function depth(file: ts.SourceFile): number {
  let deepest = 0;
  const open: [ts.Node, number][] = [[file, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, level] = next;
    deepest = Math.max(deepest, level);
    ts.forEachChild(node, (child) => {
      open.push([child, level + 1]);
    });
  }
  return deepest;
}

/** A place in a file by its offset. */
export function locate(file: ts.SourceFile, offset: number): Location {
  const { line, character } = ts.getLineAndCharacterOfPosition(file, offset);
  return { file: file.fileName.slice(1), line: line + 1, column: character + 1 };
}

/** What the compiler says, in one sentence. */
export function sentence(diagnostic: ts.Diagnostic): string {
  const { messageText } = diagnostic;
  return quotable(typeof messageText === 'string' ? messageText : messageText.messageText);
}
