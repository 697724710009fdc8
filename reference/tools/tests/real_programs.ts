/**
 * The real free, vmstat, ps and the like, shown the /proc and /sys of a simulated machine: Debian 12's procps 4.0.2,
 * util-linux 2.38 and numactl 2.0.16. They need mount namespaces.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exportTree } from '../../init/export_tree.ts';
import type { Kernel } from '../../init/kernel.ts';
import { readDiskstats } from '../proc_files.ts';
import { PROGRAMS } from '../programs.ts';
import { filesOf, run } from './states.ts';

/**
 * In a mount namespace of its own: the tree in place of /proc, and of nodes and disks in /sys. Each program finds its own
 * folder in /proc, as the real ones must.
 */
const INSIDE = `
  tree=$1; shift; at=$tree/mnt
  mkdir -p "$at" "$tree/real"; mount --rbind /proc "$tree/real"
  mount -t tmpfs -o mode=755 fake "$at"; cp -r "$tree/proc" "$at/proc"
  mkdir -p "$at/proc/$$"; mount --bind "/proc/$$" "$at/proc/$$"; ln -s $$ "$at/proc/self"
  mount --bind "$tree/sys/devices/system/node" /sys/devices/system/node
  mount --bind "$tree/block" /sys/block
  mount --rbind "$at/proc" /proc
  for line in "$@"; do
    sh -c 'mkdir /proc/$$; mount --bind "$0/real/$$" /proc/$$; ln -sfn $$ /proc/self; exec "$@"' "$tree" $line 2>"$tree/err"
    printf '\\0%d\\0%s\\0' $? "$(head -n 1 "$tree/err")"; ln -sfn $$ /proc/self
  done`;

export interface Said {
  readonly line: string;
  readonly out: string;
  readonly status: number;
  /** The first line: what follows are the options of the real program. */
  readonly err: string;
}

/** What the real programs say, one after the other. */
function real(tree: string, lines: readonly string[]): Said[] {
  const isRoot = process.getuid?.() === 0;
  const namespace = [isRoot ? '-m' : '-Urm', '--propagation', 'private'];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const args = [...namespace, '/bin/sh', '-c', INSIDE, 'sh', tree, ...lines];
  const { stdout } = spawnSync('unshare', args, { encoding: 'latin1', env, maxBuffer: 2 ** 26 });
  const parts = stdout.split('\0');
  return lines.map((line, i) => {
    const [out, status, err] = parts.slice(3 * i);
    return { line, out: timeless(out), status: Number(status), err };
  });
}

function ours(kernel: Kernel, lines: readonly string[]): Said[] {
  return lines.map((line) => {
    const { out, status, err } = run(kernel, PROGRAMS[line.split(' ')[0]], line);
    return { line, out: timeless(out), status, err: err.split('\n')[0] };
  });
}

function exported(kernel: Kernel): string {
  const tree = mkdtempSync(join(tmpdir(), 'osgrade-proc-'));
  for (const [path, text] of exportTree(kernel)) {
    const file = join(tree, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, 'latin1');
  }
  for (const { name } of readDiskstats(filesOf(kernel, 1))) mkdirSync(join(tree, 'block', name), { recursive: true });
  return tree;
}

/** Without what depends on the clock of the machine that the test runs on, and without what options there are. */
const timeless = (text: string): string =>
  text
    .replace(/\d\d:\d\d:\d\d up/, 'TIME up')
    .replace(/\nUsage:\n.*/s, 'USAGE')
    .replace(/ (\d\d:\d\d|[A-Z][a-z]{2}\d\d| \d{4})(?= \?| {3}\d:\d\d)/g, ' START');

export interface Compared {
  /** What the real programs said. */
  readonly theirs: readonly Said[];
  /** Of both, what differs. */
  readonly differing: { readonly ours: readonly Said[]; readonly theirs: readonly Said[] };
}

/** Has the same lines run by real programs and by ours, on the machine as it stands. Time passes on ours: lines that wait come last. */
export function compare(kernel: Kernel, lines: readonly string[]): Compared {
  // Who begins to look is counted as a change of who runs: that is over before the rest is compared.
  ours(kernel, ['free']);
  const tree = exported(kernel);
  const theirs = real(tree, lines);
  rmSync(tree, { recursive: true });
  const mine = ours(kernel, lines);
  const differs = (_: unknown, i: number): boolean => JSON.stringify(mine[i]) !== JSON.stringify(theirs[i]);
  return { theirs, differing: { ours: mine.filter(differs), theirs: theirs.filter(differs) } };
}

/** The programs that are needed, as they say which they are. */
const NEEDED = ['free', 'unshare', 'numastat', 'swapon', 'sysctl', 'numactl'].every((name) => {
  return spawnSync('which', [name]).status === 0;
});
const VERSION = spawnSync('free', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const hasNamespaces = spawnSync('unshare', [process.getuid?.() === 0 ? '-m' : '-Urm', 'true']).status === 0;
/** Whether they are here, of these versions, and may be shown another /proc. */
export const CAN_RUN = NEEDED && hasNamespaces && VERSION.includes('4.0.2');

/** Tests that need the real programs; elsewhere one that says so, and in CI, which installs them, fails. */
export function withRealPrograms(tests: () => void): void {
  if (CAN_RUN) {
    tests();
    return;
  }
  test('the real programs are not here, or of other versions: nothing is compared', () => {
    process.stderr.write(
      'procps 4.0.2, numactl and mount namespaces are needed: our tools were not compared with real ones\n',
    );
    expect(process.env['OSGRADE_REAL_TOOLS'] ?? '').not.toBe('required');
  });
}
