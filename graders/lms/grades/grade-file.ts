/** The grade file that the instructor downloaded from the LMS: it is filled in and given back, never made up. */
import { GraderError } from '../../errors.ts';
import { quote } from '../archive/entry.ts';
import { type CsvRow, type CsvTable, parseCsv } from './csv.ts';

export interface GradeFile {
  /** As the instructor named it, for sentences. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface GradeTable extends CsvTable {
  readonly name: string;
  readonly header: CsvRow;
  /** The rows below the header, each as long as it. */
  readonly body: readonly CsvRow[];
}

const DELIMITERS = [',', ';', '\t'];

/** How files begin that are no text. */
const OTHER_KINDS: readonly (readonly [string, string])[] = [
  ['%PDF', 'a PDF'],
  ['PK\u0003\u0004', 'an Excel file or a zip'],
  ['\u00d0\u00cf\u0011\u00e0', 'an old Excel file'],
  ['\u00ff\u00fe', 'text in UTF-16'],
  ['\u00fe\u00ff', 'text in UTF-16'],
];

/** @throws GraderError BUNDLE_TEMPLATE: not text, not UTF-8, not a table, or rows of different length */
export function readGradeFile(file: GradeFile): GradeTable {
  const start = Buffer.from(file.bytes.subarray(0, 4)).toString('latin1');
  const kind = OTHER_KINDS.find(([magic]) => start.startsWith(magic))?.[1];
  if (kind !== undefined) throw badTemplate(file.name, `is ${kind}, not a CSV file`);
  const table = bestTable(file.name, decode(file));
  const [header, ...body] = table.rows;
  if (header === undefined) throw badTemplate(file.name, 'is empty');
  if (header.length < 3) {
    throw badTemplate(file.name, 'has no columns parted by comma, semicolon or tab');
  }
  const ragged = body.findIndex((row) => row.length !== header.length);
  if (ragged !== -1) {
    const cells = body[ragged]?.length ?? 0;
    throw badTemplate(
      file.name,
      `has ${cells} cells in row ${ragged + 2} (${quote(body[ragged]?.[0]?.text ?? '')}), but ${header.length} columns; an LMS would import nothing of it, or the wrong cells`,
    );
  }
  return { ...table, name: file.name, header, body };
}

function decode({ name, bytes }: GradeFile): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badTemplate(name, 'is not text in UTF-8', cause);
  }
  if (text.includes('\u0000')) throw badTemplate(name, 'is not text in UTF-8');
  return text;
}

/** The delimiter that makes the most columns of the first row. */
function bestTable(name: string, text: string): CsvTable {
  const tables = DELIMITERS.map((delimiter) => parseCsv(text, delimiter));
  const parsed = tables.filter((table) => typeof table !== 'string');
  const columns = (table: CsvTable) => table.rows[0]?.length ?? 0;
  const best = parsed.reduce<CsvTable | undefined>(
    (a, b) => (a === undefined || columns(b) > columns(a) ? b : a),
    undefined,
  );
  if (best !== undefined) return best;
  throw badTemplate(name, `is not a CSV file: ${tables.find((table) => typeof table === 'string') ?? 'it is empty'}`);
}

/** @param says  what is wrong, without a full stop */
export function badTemplate(name: string, says: string, cause?: unknown): GraderError {
  return new GraderError(
    'BUNDLE_TEMPLATE',
    `The grade file ${quote(name)} ${says}. Download it again from the LMS, and give it as it comes, without saving it in a spreadsheet program.`,
    cause,
  );
}
