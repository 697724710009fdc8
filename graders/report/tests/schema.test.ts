import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERDICT_KINDS } from '../../model/verdict.ts';
import { resultSchema, resultsPage } from '../schema.ts';

test('docs/results.md is what the schema says', () => {
  const page = readFileSync(join(__dirname, '../../../docs/results.md'), 'utf8').replaceAll('\r\n', '\n');
  expect(page).toBe(resultsPage());
});

test('the schema names each type once and refuses unknown keys', () => {
  expect(resultSchema()).toMatchObject({
    $ref: '#/$defs/Result',
    $defs: {
      Result: { additionalProperties: false, properties: { verdict: { enum: VERDICT_KINDS } } },
      Verdict: {
        oneOf: VERDICT_KINDS.map((kind) => ({ properties: { kind: { const: kind } }, additionalProperties: false })),
      },
      Location: { required: ['file', 'line', 'column'] },
    },
  });
});
