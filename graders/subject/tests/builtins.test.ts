import { join } from 'node:path';
import { outcomes, PATIENCE_MS, played, program, repertoire } from '../../play/tests/stage.ts';

/** `eval` is the realm's own: the expressions run there. */
const EVALUATES = `
  let run;
  const show = (make) => { try { return make(); } catch (error) { return 'threw ' + error.name; } };
  return {
    evaluate: (text) => show(() => (0, eval)('(' + text + ')')),
    prepare: (text, size) => { run = new Function('n', text)(size); },
    run: () => { run(); },
  };
`;

test(
  'built-ins answer as in Node, and cost what they do',
  async () => {
    const suite = join(__dirname, 'suites/builtins.suite.ts');
    const seen = await played([program('it', EVALUATES)], repertoire([suite]));
    const all = Object.entries(outcomes(seen.get('it')));
    expect(all.length).toBeGreaterThan(60);
    expect(Object.fromEntries(all.filter(([, outcome]) => outcome !== 'passed'))).toEqual({});
  },
  PATIENCE_MS,
);
