import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMachine } from '../machine_file.ts';
import { readScript, scenarioNames } from '../script_file.ts';

describe('readScript', () => {
  test('takes a scenario by its name, and the machine that it names', () => {
    expect(readScript('oom-kill')).toEqual({ text: expect.stringContaining('\nswapoff -a\n'), machine: 'tiny' });
  });

  test('takes a file, which need not name a machine', () => {
    const folder = mkdtempSync(join(tmpdir(), 'osgrade-script-'));
    const path = join(folder, 'a.sh');
    writeFileSync(path, 'echo "# machine: none"\n');
    expect(readScript(path)).toEqual({ text: 'echo "# machine: none"\n', machine: null });
    rmSync(folder, { recursive: true });
  });

  test('says which there are, if it is none of them', () => {
    const says = `There is no script "storyy". Name one of ${scenarioNames().join(', ')}, or a file that can be read.`;
    expect(() => readScript('storyy')).toThrow(expect.objectContaining({ code: 'SCRIPT_NOT_FOUND', message: says }));
  });
});

describe('scenarioNames', () => {
  test.each(scenarioNames())('%s says what it shows, and on which machine', (name) => {
    const { text, machine } = readScript(name);
    expect(text).toMatch(/^# [A-Z].*\.\n# machine: /);
    expect(() => readMachine(machine ?? '')).not.toThrow();
  });
});
