/** `test` and `[`. POSIX.1-2017, test. */
import type { Files } from '../../include/tool.ts';
import { binaryTest, isBinaryTest, isUnaryTest, unaryTest } from '../conditions.ts';
import type { Builtin } from '../runner.ts';

/** What is wrong with it. */
type Wrong = { readonly says: string };
type Answer = boolean | Wrong;

export const test: Builtin = ({ state, name, args, streams }) => {
  const words = [...args];
  if (name === '[' && words.pop() !== ']') {
    streams.err.write("bash: [: missing `]'\n");
    return 2;
  }
  const answer = any(words, state.files);
  if (typeof answer === 'boolean') return answer ? 0 : 1;
  streams.err.write(`bash: ${name}: ${answer.says}\n`);
  return 2;
};

/** `a -o b`. */
const any = (words: readonly string[], files: Files): Answer => divided(words, '-o', (part) => all(part, files), true);
const all = (words: readonly string[], files: Files): Answer => divided(words, '-a', (part) => one(part, files), false);

/** @param decides  the answer of one part that is the answer of all */
function divided(
  words: readonly string[],
  by: string,
  ask: (part: readonly string[]) => Answer,
  decides: boolean,
): Answer {
  const at = words.length > 3 ? words.indexOf(by, 1) : -1;
  const first = ask(at < 0 ? words : words.slice(0, at));
  if (at < 0 || typeof first !== 'boolean') return first;
  const rest = divided(words.slice(at + 1), by, ask, decides);
  if (typeof rest !== 'boolean') return rest;
  return decides ? first || rest : first && rest;
}

function one(words: readonly string[], files: Files): Answer {
  const [first, second, third] = words;
  if (words.length === 0) return false;
  if (words.length === 1) return first !== '';
  if (words.length === 3 && isBinaryTest(second)) {
    const answer = binaryTest(first, second, third);
    if (answer !== null) return answer;
    const wrong = /^\s*[-+]?\d+\s*$/.test(first) ? third : first;
    return { says: `${wrong}: integer expression expected` };
  }
  if (first === '!') {
    const answer = one(words.slice(1), files);
    return typeof answer === 'boolean' ? !answer : answer;
  }
  if (words.length === 2) {
    return isUnaryTest(first) ? unaryTest(first, second, files) : { says: `${first}: unary operator expected` };
  }
  if (words.length === 3) return { says: `${second}: binary operator expected` };
  return { says: 'too many arguments' };
}
