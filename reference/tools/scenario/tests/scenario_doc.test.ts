import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyboard } from '../../../shell/tests/machine.ts';
import { parseScenario, VERB_NAMES } from '../scenario_parse.ts';

const DOC = readFileSync(join(__dirname, '../../../../docs/scenarios.md'), 'utf8');

describe('docs/scenarios.md', () => {
  test('names every statement, and none that there is not', () => {
    const rows = [...DOC.matchAll(/^\| `(?:\w+ = )?(\w+)/gm)].map(([, verb]) => verb);
    expect([...rows].sort()).toEqual([...VERB_NAMES].sort());
  });

  test('its examples run', () => {
    const blocks = [...DOC.matchAll(/```\n([a-z] = [^`]*)```/g)].map(([, text]) => text);
    expect(blocks).toHaveLength(2);
    for (const text of blocks) {
      expect(parseScenario(text)).not.toHaveProperty('why');
      const keyboard = new Keyboard({ '/root/a.scn': text });
      expect(keyboard.type('scenario a.scn')).toEqual({ out: '', err: '', status: 0 });
      keyboard.session.kernel.validate();
    }
  });

  test('the words of `advise`, `limit` and `policy` are known', () => {
    for (const [, verb, words] of DOC.matchAll(/^\| `(advise|policy|limit).*\(2\): (.*) \|$/gm)) {
      for (const [, word] of words.matchAll(/`(\w+)`/g)) {
        if (word === 'unlimited') continue;
        const rest = {
          advise: `a ${word}`,
          limit: `${word} unlimited`,
          policy: `${word}${/default|local/.test(word) ? '' : ' 0'}`,
        };
        const line = verb === 'advise' || verb === 'limit' || verb === 'policy' ? `${verb} ${rest[verb]}` : '';
        expect(`${line}: ${new Keyboard().type(`scenario -c 'a = alloc 4M; touch a; ${line}'`).err}`).toBe(`${line}: `);
      }
    }
  });
});
