/** What `test`, `[` and `[[` can ask. POSIX.1-2017, test. */
import type { Files } from '../include/tool.ts';

type Numbers = (a: number, b: number) => boolean;

const NUMBERS: Readonly<Record<string, Numbers>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};
const TEXTS: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
};

export const isUnaryTest = (operator: string): boolean => /^-[defhLnrsvwxz]$/.test(operator);
export const isBinaryTest = (operator: string): boolean =>
  Object.hasOwn(NUMBERS, operator) || Object.hasOwn(TEXTS, operator);

export function unaryTest(operator: string, operand: string, files: Files): boolean {
  if (operator === '-n') return operand !== '';
  if (operator === '-z') return operand === '';
  const stat = files.stat(operand);
  if (typeof stat === 'number') return false;
  switch (operator) {
    case '-d':
      return stat.kind === 'dir';
    case '-f':
      return stat.kind === 'file';
    case '-h':
    case '-L':
      return false;
    case '-s':
      return stat.size > 0;
    case '-x':
      return (stat.mode & 0o111) !== 0;
    default:
      return true;
  }
}

/** @returns null: a number is expected, and one of them is none */
export function binaryTest(left: string, operator: string, right: string): boolean | null {
  if (Object.hasOwn(TEXTS, operator)) return TEXTS[operator](left, right);
  const isNumber = (text: string): boolean => /^\s*[-+]?\d+\s*$/.test(text);
  return isNumber(left) && isNumber(right) ? NUMBERS[operator](Number(left), Number(right)) : null;
}
