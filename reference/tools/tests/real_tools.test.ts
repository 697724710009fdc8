/**
 * What our tools print is what the real ones print, byte for byte, from the same /proc and /sys: Debian 12's procps 4.0.2,
 * util-linux 2.38 and numactl 2.0.16. Needs these and mount namespaces; elsewhere it says so, and in CI it fails.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exportTree } from '../../init/export_tree.ts';
import type { Kernel } from '../../init/kernel.ts';
import { readDiskstats } from '../proc_files.ts';
import { PROGRAMS } from '../programs.ts';
import { filesOf, run, STATES } from './states.ts';

/** In a mount namespace of its own: the tree in place of /proc, but for the program's own folder, and of nodes and disks in /sys. */
const INSIDE = `
  tree=$1; shift; at=$tree/mnt
  mkdir -p "$at"; mount -t tmpfs -o mode=755 fake "$at"; cp -r "$tree/proc" "$at/proc"
  mkdir -p "$at/proc/$$"; ln -s $$ "$at/proc/self"; mount --bind "/proc/$$" "$at/proc/$$"
  mount --bind "$tree/sys/devices/system/node" /sys/devices/system/node
  mount --bind "$tree/block" /sys/block
  mount --rbind "$at/proc" /proc
  exec "$@"`;

function real(tree: string, line: string): { out: string; status: number | null } {
  const isRoot = process.getuid?.() === 0;
  const namespace = [isRoot ? '-m' : '-Urm', '--propagation', 'private'];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const args = [...namespace, '/bin/sh', '-c', INSIDE, 'sh', tree, ...line.split(' ')];
  const { stdout, status } = spawnSync('unshare', args, { encoding: 'latin1', env });
  return { out: stdout ?? '', status };
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

const LINES = [
  ...['free', 'free -h', 'free -b', 'free -k', 'free -m', 'free -g', 'free -w -t', 'free -hw', 'free -l -v --si -h'],
  ...[
    'free --mega',
    'free --kilo -t',
    'vmstat',
    'vmstat -s',
    'vmstat -s -S m',
    'vmstat -m',
    'vmstat -m -n',
    'vmstat -a',
  ],
  ...[
    'vmstat -w',
    'vmstat -S M',
    'vmstat -S k -a',
    'vmstat -D',
    'vmstat -f',
    'vmstat -y 1 1',
    'slabtop -o',
    'slabtop -o -s c',
  ],
  ...['slabtop -o -s u', 'slabtop -o -s n', 'uptime -p', 'pmap 1', 'pmap -x 1', 'pmap -X 1', 'pmap -XX 1', 'pmap -d 1'],
  ...[
    'pmap -x 2 3',
    'pmap -X 2 3',
    'pmap -q 1',
    'pmap -p 3',
    'pmap -x -q 3',
    'pmap 1 99999',
    'numastat',
    'numastat -m',
  ],
  ...['numastat -n', 'numastat -p 1', 'numastat -c -m', 'numastat -z -m', 'numastat -p 1 2', 'numastat -s 2 3'],
  ...['numastat -c -v 1 2'],
];

/** The programs that are needed, as they say which they are. */
const NEEDED = ['free', 'unshare', 'numastat', 'swapon'].every((name) => {
  return spawnSync('which', [name]).status === 0;
});
const VERSION = spawnSync('free', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const hasNamespaces = spawnSync('unshare', [process.getuid?.() === 0 ? '-m' : '-Urm', 'true']).status === 0;
const canRun = NEEDED && hasNamespaces && VERSION.includes('4.0.2');

if (!canRun) {
  test('the real tools are not here, or of other versions: nothing is compared', () => {
    process.stderr.write('real tools: procps 4.0.2, numactl and mount namespaces are needed; nothing was compared\n');
    expect(process.env['OSGRADE_REAL_TOOLS'] ?? '').not.toBe('required');
  });
}

(canRun ? describe : describe.skip).each(Object.entries(STATES))('%s', (_, make) => {
  test('our tools print what the real ones print', () => {
    const kernel = make();
    const tree = exported(kernel);
    for (const line of LINES) {
      const [name] = line.split(' ');
      const theirs = real(tree, line);
      const ours = run(kernel, PROGRAMS[name], line);
      expect({ line, out: ours.out, status: ours.status }).toEqual({ line, ...theirs });
    }
    rmSync(tree, { recursive: true });
  });
});
