/** What memcheck says of a program: its errors as they came, and at the end what it has lost. Valgrind: memcheck's text. */
import type { Pid } from '../../include/types.ts';
import { crc32 } from '../../lib/crc32.ts';
import type { Memcheck, MemcheckError, Place, Trace } from './memcheck.ts';
import { LEAK_ERRORS, LEAK_KINDS, type LeakKind, type LossRecord } from './memcheck_leaks.ts';

const PROGRAM = 0x400000;

/** `1,234` */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** SIMPLIFIED: functions lie nowhere; their address is made from their name. */
const addressOf = (frame: string): string =>
  (PROGRAM + (crc32(Uint8Array.from(frame, (char) => char.charCodeAt(0))) & 0xfffff)).toString(16).toUpperCase();

const traceLines = (trace: Trace): string[] =>
  trace.map((frame, i) => `   ${i === 0 ? 'at' : 'by'} 0x${addressOf(frame)}: ${frame}`);

const HEADLINES: Readonly<Record<Exclude<MemcheckError['kind'], 'killed'>, (size: number) => string>> = {
  read: (size) => `Invalid read of size ${size}`,
  write: (size) => `Invalid write of size ${size}`,
  free: () => 'Invalid free() / delete / delete[] / realloc()',
};

function placeLines(addr: number, place: Place | null): string[] {
  const at = ` Address 0x${addr.toString(16)} is`;
  if (place === null) return [`${at} not stack'd, malloc'd or (recently) free'd`];
  const { block, side, bytes } = place;
  const where = `${at} ${grouped(bytes)} bytes ${side} a block of size ${grouped(block.size)}`;
  if (block.freed === null) return [`${where} alloc'd`, ...traceLines(block.allocated)];
  return [`${where} free'd`, ...traceLines(block.freed), " Block was alloc'd at", ...traceLines(block.allocated)];
}

function errorLines({ kind, size, addr, trace, place }: MemcheckError): string[] {
  if (kind !== 'killed') return [HEADLINES[kind](size), ...traceLines(trace), ...placeLines(addr, place), ''];
  return [
    'Process terminating with default action of signal 11 (SIGSEGV)',
    ` Access not within mapped region at address 0x${addr.toString(16).toUpperCase()}`,
    ...traceLines(trace),
    '',
  ];
}

const KIND_WORDS: Readonly<Record<LeakKind, string>> = {
  definite: 'definitely lost',
  indirect: 'indirectly lost',
  possible: 'possibly lost',
  reachable: 'still reachable',
};

function lossLines(record: LossRecord, number: number, of: number): string[] {
  const { kind, bytes, indirectBytes, blocks, trace } = record;
  const direct = `(${grouped(bytes)} direct, ${grouped(indirectBytes)} indirect) `;
  const lost = `${grouped(bytes + indirectBytes)} ${indirectBytes > 0 ? direct : ''}bytes in ${grouped(blocks)} blocks`;
  return [`${lost} are ${KIND_WORDS[kind]} in loss record ${number} of ${of}`, ...traceLines(trace), ''];
}

/** How a program was started under watch. */
export interface MemcheckRun {
  readonly pid: Pid;
  readonly command: string;
  /** Losses that are told one by one; null: only how many. Valgrind: --leak-check=full, --show-leak-kinds=. */
  readonly shows: readonly LeakKind[] | null;
}

/** The whole text, line by line. @param records  see leakCheck() */
export function memcheckReport(run: MemcheckRun, check: Memcheck, records: readonly LossRecord[]): string[] {
  const { shows } = run;
  const losses = records.flatMap((record, i) =>
    shows?.includes(record.kind) === true ? lossLines(record, i + 1, records.length) : [],
  );
  const { errors } = check;
  const lossContexts = shows === null ? 0 : records.filter(({ kind }) => LEAK_ERRORS.includes(kind)).length;
  const contexts = new Set(errors.map(({ kind, trace }) => `${kind} ${trace.join()}`)).size + lossContexts;
  const total = errors.length + lossContexts;
  const lines = [
    'Memcheck, a memory error detector',
    `Command: ${run.command}`,
    '',
    ...errors.flatMap(errorLines),
    '',
    ...heapLines(check),
    '',
    ...losses,
    ...(records.length === 0 ? ['All heap blocks were freed -- no leaks are possible'] : leakLines(records, shows)),
    '',
    'For lists of detected and suppressed errors, rerun with: -s',
    `ERROR SUMMARY: ${grouped(total)} errors from ${grouped(contexts)} contexts (suppressed: 0 from 0)`,
  ];
  return lines.map((line) => `==${run.pid}== ${line}`);
}

function heapLines({ blocks, usage }: Memcheck): string[] {
  const bytes = blocks.reduce((sum, { size }) => sum + size, 0);
  const { allocs, frees } = usage;
  return [
    'HEAP SUMMARY:',
    `    in use at exit: ${grouped(bytes)} bytes in ${grouped(blocks.length)} blocks`,
    `  total heap usage: ${grouped(allocs)} allocs, ${grouped(frees)} frees, ${grouped(usage.bytes)} bytes allocated`,
  ];
}

function leakLines(records: readonly LossRecord[], shows: readonly LeakKind[] | null): string[] {
  const sums = LEAK_KINDS.map((kind) => {
    const ofKind = records.filter((record) => record.kind === kind);
    const bytes = ofKind.reduce((sum, record) => sum + record.bytes, 0);
    const blocks = ofKind.reduce((sum, record) => sum + record.blocks, 0);
    return `${`   ${KIND_WORDS[kind].padStart(15)}`}: ${grouped(bytes)} bytes in ${grouped(blocks)} blocks`;
  });
  const hidesReachable = shows?.includes('reachable') === false && records.some(({ kind }) => kind === 'reachable');
  const hidden =
    shows === null
      ? ['Rerun with --leak-check=full to see details of leaked memory']
      : hidesReachable
        ? [
            'Reachable blocks (those to which a pointer was found) are not shown.',
            'To see them, rerun with: --leak-check=full --show-leak-kinds=all',
          ]
        : [];
  return ['LEAK SUMMARY:', ...sums, '        suppressed: 0 bytes in 0 blocks', ...hidden];
}
