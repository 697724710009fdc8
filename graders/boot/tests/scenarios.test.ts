/**
 * Every scenario runs to its end; after each command, and every so many turns of the tasks between, the kernel is sound and
 * its text files agree. (After every turn would take hours.) Then the real programs read what it has left behind.
 */
import type { Kernel } from '../../../reference/init/kernel.ts';
import { ProcFilesLaw } from '../../../reference/laws/proc_files.ts';
import { textsOf } from '../../../reference/laws/tests/kernel_texts.ts';
import { CAN_RUN, compare } from '../../../reference/tools/tests/real_programs.ts';
import { scenarioNames } from '../script_file.ts';
import { play } from './play.ts';

/** A prime: tasks that take turns are all caught. */
const TURNS = 997;

/** What the real programs are asked about all processes that live. */
function linesFor(kernel: Kernel): string[] {
  const pids = [...kernel.rooms.pids].filter(({ mm }) => mm !== null).map(({ pid }) => pid);
  const [words, list] = [pids.join(' '), pids.join(',')];
  return [
    ...['free', 'free -h -w -t', 'vmstat', 'vmstat -a', 'vmstat -s', 'vmstat -m', 'vmstat -d', 'slabtop -o', 'uptime'],
    ...[`pmap ${words}`, `pmap -x ${words}`, `pmap -X ${words}`, 'swapon -s', 'swapon --show'],
    ...['numastat', 'numastat -m', `numastat -p ${words}`, 'numactl -H'],
    ...[
      `ps -p ${list} --sort=pid -F`,
      `ps -p ${list} --sort=-rss,pid v`,
      `top -b -n 1 -p ${pids.slice(-20).join(',')}`,
    ],
  ];
}

describe.each(scenarioNames())('%s', (name) => {
  let text = '';

  test('all is sound at every step, and all files agree', () => {
    let law: ProcFilesLaw | null = null;
    let turns = 0;
    let seen = -1;
    const { session, shown } = play(name, (kernel, when) => {
      if (when === 'turn' && ++turns % TURNS !== 0) return;
      // All that is done takes time.
      const { now } = kernel.rooms.clock;
      if (now === seen) return;
      seen = now;
      law ??= new ProcFilesLaw(textsOf(kernel));
      expect(law.look()).toBeNull();
      kernel.validate();
    });
    expect(session.status).toBe(0);
    text = shown;
  });

  test('gives the same text again, and the real programs print of its end what ours print', () => {
    const { session, shown } = play(name, () => {});
    expect(shown).toBe(text);
    // Where they must be, reference/tools/tests/real_tools.test.ts fails without them.
    if (!CAN_RUN) return;
    const { theirs, differing } = compare(session.kernel, linesFor(session.kernel));
    expect(theirs.filter(({ status }) => status !== 0)).toEqual([]);
    expect(differing.ours).toEqual(differing.theirs);
  });
});
