import { VERDICT_KINDS } from '../../model/verdict.ts';
import { wording } from '../wording.ts';

test('each kind of verdict has a word, a sign and a sentence of its own', () => {
  const all = VERDICT_KINDS.map(wording);
  for (const field of ['word', 'icon', 'headline'] as const) {
    expect(new Set(all.map((each) => each[field])).size).toBe(VERDICT_KINDS.length);
  }
  expect(all.map(({ headline }) => headline.at(-1))).toEqual(VERDICT_KINDS.map(() => '.'));
});

test('a fault of ours is called one', () => {
  expect(wording('broken').headline).toContain('not your fault, and no zero was given');
});
