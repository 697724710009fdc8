import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MachineFile, machineNames, parseMachine } from '../machine_file.ts';
import { readScript, scenarioNames } from '../script_file.ts';

const page = readFileSync(join(__dirname, '../../../docs/boot.md'), 'utf8');
const [, yaml = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];

describe('docs/boot.md', () => {
  test('the machine in it is one, and shows every key', () => {
    const machine = parseMachine('docs/boot.md', yaml);
    expect(Object.keys(machine).sort()).toEqual(Object.keys(MachineFile.shape).sort());
    expect(machine.nodes[0]).toEqual({ cpus: [0, 1], memory: 2 ** 31, movable: 2 ** 29, distances: [10, 20] });
    expect(machine.swap).toEqual([{ path: '/dev/sda2', size: 2 ** 30, priority: 5, rotational: false, on: true }]);
  });

  test.each(machineNames())('names the machine %s', (name) => {
    expect(page).toContain(name);
  });

  test('has a row for each scenario, with its machine', () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` \| `([\w-]+)` \| /gm)].map(([, name, machine]) => [name, machine]);
    expect(rows.sort()).toEqual(scenarioNames().map((name) => [name, readScript(name).machine]));
  });
});
