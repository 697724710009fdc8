/**
 * Type errors, with a bound on the work they may cost. What a type bomb makes is types: they are counted where the
 * compiler makes them, so that the bound is the same on every machine.
 */
import { ts } from 'ts-morph';
import type { Finding } from '../model/result.ts';
import { stoppedTypes } from './inspection.ts';
import { locate, sentence, unlessTooDeep } from './source.ts';

/** Types made for one submission. A large honest one takes a tenth of it. */
const MAX_TYPES = 20_000;

let typesLeft = Number.POSITIVE_INFINITY;
countTypes();

/** @param files  those to check, each with offsets at which nothing is to be said any more */
export function typeFindings(
  program: ts.Program,
  files: ReadonlyMap<ts.SourceFile, ReadonlySet<number>>,
): readonly Finding[] {
  typesLeft = MAX_TYPES;
  try {
    return [...files].flatMap(([file, silent]) => {
      const problems = unlessTooDeep(() => program.getSemanticDiagnostics(file));
      return problems === undefined ? [stoppedTypes()] : problems.flatMap((problem) => said(file, problem, silent));
    });
  } catch (error) {
    if (error instanceof ts.OperationCanceledException) return [stoppedTypes()];
    throw error;
  } finally {
    typesLeft = Number.POSITIVE_INFINITY;
  }
}

function said(file: ts.SourceFile, problem: ts.Diagnostic, silent: ReadonlySet<number>): readonly Finding[] {
  const start = problem.start ?? 0;
  if (silent.has(start)) return [];
  return [
    { severity: 'error', rule: 'type', says: `${sentence(problem)} (TS${problem.code})`, at: locate(file, start) },
  ];
}

/** Puts a counter into the compiler's maker of types. Internal to TypeScript, so its tests watch over it. */
function countTypes(): void {
  const allocator: unknown = Reflect.get(ts, 'objectAllocator');
  if (!isAllocator(allocator)) throw new Error('this version of TypeScript makes its types elsewhere');
  const Type = allocator.getTypeConstructor();
  class CountedType extends Type {
    constructor(...parts: readonly unknown[]) {
      super(...parts);
      typesLeft -= 1;
      if (typesLeft < 0) throw new ts.OperationCanceledException();
    }
  }
  allocator.getTypeConstructor = () => CountedType;
}

interface Allocator {
  getTypeConstructor: () => new (...parts: readonly unknown[]) => object;
}

function isAllocator(value: unknown): value is Allocator {
  return typeof value === 'object' && value !== null && 'getTypeConstructor' in value;
}
