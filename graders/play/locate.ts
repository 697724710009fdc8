/** Finds the places in a student's own files that a stack of the bundled program speaks of. */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { Program } from '../model/program.ts';
import type { Location } from '../model/verdict.ts';

/** Frames shown at most. */
const DEPTH = 5;

export function locate(program: Program, stack: string): Location[] {
  const map = new TraceMap(program.map);
  const places: Location[] = [];
  for (const [, line, column] of stack.matchAll(/\(subject\.js:(\d+):(\d+)\)/g)) {
    if (places.length === DEPTH) break;
    // A stack is the student's to write: there may be a line 0 in it.
    if (Number(line) < 1 || Number(column) < 1) continue;
    const found = originalPositionFor(map, { line: Number(line), column: Number(column) - 1 });
    const file = found.source?.replace(/^overlay:/, '');
    if (file === undefined || found.line === null || !program.own.includes(file)) continue;
    places.push({ file, line: found.line, column: (found.column ?? 0) + 1 });
  }
  return places;
}
