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

interface Said {
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
  return lines.map((_, i) => {
    const [out, status, err] = parts.slice(3 * i);
    return { out: timeless(out), status: Number(status), err };
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

/** `ps` and `top` see the shell and themselves too, if not told which to look at. */
const PS_FORMATS = [
  ...[
    '',
    '-f',
    '-F',
    '-l',
    '-f -l',
    '-j',
    'l',
    'j',
    'v',
    'u',
    '-o pid,ppid,user,pcpu,pmem,vsz,rss,stat,time,comm',
    '-o pid=,comm=',
  ],
  ...[
    '-o pid=NUMBER,rss=RESIDENTSET',
    '--no-headers',
    '-o args,pid',
    '-o comm,pid,pri,opri,ni,nlwp,psr',
    '--sort=-rss,pid',
  ],
  ...[
    '-o min_flt,maj_flt,minflt,majflt,sz,trs,drs,size,vsize,rsz,s,f,uid --sort=-vsz',
    '-o oom,oomadj,pss,uss,etime,etimes',
  ],
  ...['-o pid,tgid,lwp,sid,sess,pgid,pgrp,tpgid,state,cmd,tname,tt', '-o user:20,pid'],
];

/** Compared in every state. */
const LINES = [
  ...[
    'free',
    'free -h',
    'free -w -t',
    'vmstat',
    'vmstat -s',
    'vmstat -m',
    'vmstat -d',
    'slabtop -o',
    'uptime',
    'uptime -p',
  ],
  ...['pmap 1', 'pmap -x 1 2 3', 'pmap -X 1 2 3', 'numastat', 'numastat -m', 'numastat -p 1', 'numastat -p 1 2'],
  ...['ps -p 1,2,3 --sort=pid -f', 'ps -p 1,2,3 --sort=pid v', 'top -b -n 1 -p 1,2,3 -o PID'],
];

/** What is wrong: no such option, no such thing, too little, too much. */
const WRONG_LINES = [
  ...[
    'free -Z',
    'free --foo',
    'free -s',
    'free -s 0',
    'free -s x',
    'free -c 0',
    'free -c a',
    'free -k -m',
    'free --se',
  ],
  ...[
    'free --wide=3',
    'free 3',
    'vmstat -Z',
    'vmstat -S x',
    'vmstat abc',
    'vmstat 0',
    'vmstat 1 x',
    'vmstat -p nodisk',
  ],
  ...['vmstat -s -d', 'slabtop -Z', 'slabtop -o -d 3', 'slabtop -d x', 'uptime -Z', 'uptime now', 'pmap', 'pmap -Z 1'],
  ...['pmap abc', 'pmap -x -d 1', 'pmap -A zz 1', 'pmap -x', 'ps -o', 'ps -o foo', 'ps --foo', 'ps -p', 'ps -p abc'],
  ...['ps --sort=-foo', 'ps -Y', 'top -Z', 'top -n', 'top -b -n x', 'top -d x -b', 'top -b -n1 -p x', 'top foo'],
  ...['top -b -n1 -o FOO', 'numastat -q', 'numastat -p nosuch -z', 'numastat -p 99999', 'numactl', 'numactl -Z'],
  ...['numactl --membind=0', 'numactl --membind=5 true', 'numactl -m abc true', 'numactl -C 99 true', 'swapon -Z'],
  ...['swapon --foo', 'swapon -p abc /x', 'swapon -p 99999 /x', 'swapon /nofile', 'swapon --show=FOO', 'swapoff'],
  ...[
    'swapoff -Z',
    'swapoff /nofile',
    'mkswap',
    'mkswap /nofile',
    'mkswap -Z',
    'sysctl',
    'sysctl -Z',
    'sysctl vm.nonexistent',
  ],
  ...[
    'sysctl -w vm.swappiness',
    'sysctl -w vm.foo=3',
    'sysctl -e vm.nonexistent',
    'sysctl -p /nofile',
    'dmesg -Z',
    'dmesg foo',
  ],
  ...['dmesg -l foo', 'mount -Z', 'mount foo', 'getconf', 'getconf FOO'],
];

/** Compared in two. */
const MORE_LINES = [
  ...[
    'free -b',
    'swapon --show --bytes',
    'swapon --show=SIZE,NAME --noheadings',
    'swapon --raw --show=USED',
    'sysctl vm.swappiness',
    'sysctl -n vm.swappiness vm/page-cluster',
    'sysctl -N vm.swappiness',
    'sysctl -a -r vm.swap',
    'getconf PAGESIZE',
    'free -k',
    'free -m',
    'free -g',
    'free -hw',
    'free -l -v --si -h',
    'free --mega',
    'free --kilo -t',
  ],
  ...['vmstat -s -S m', 'vmstat -m -n', 'vmstat -a', 'vmstat -w', 'vmstat -S M', 'vmstat -S k -a', 'vmstat -D'],
  ...['vmstat -d -w -n', 'vmstat -p vda', 'vmstat -f', 'slabtop -o -s c', 'slabtop -o -s u'],
  ...['slabtop -o -s n', 'pmap -XX 1', 'pmap -d 1', 'pmap -q 1', 'pmap -p 3', 'pmap -x -q 3', 'pmap 1 99999'],
  ...['numastat -n', 'numastat -c -m', 'numastat -z -m', 'numastat -s 2 3', 'numastat -c -v 1 2'],
  ...PS_FORMATS.map((format) => `ps -p 1,2,3 ${format}${format.includes('sort') ? '' : ' --sort=pid'}`),
  ...['ps -p 1', 'ps p 2', 'ps -p 99999', 'top -b -n 1 -p 1 -E k', 'top -b -n1 -p1 -Eg -em'],
  ...WRONG_LINES,
];
/** Time passes on ours: the last one, and only where nothing happens meanwhile. */
const RESTING = ['vmstat -y 1 1'];
const BOTH: readonly string[] = ['loaded', 'NUMA', 'computing'];

/** Without what depends on the clock of the machine that the test runs on, and without what options there are. */
const timeless = (text: string): string =>
  text
    .replace(/\d\d:\d\d:\d\d up/, 'TIME up')
    .replace(/\nUsage:\n.*/s, 'USAGE')
    .replace(/ (\d\d:\d\d|[A-Z][a-z]{2}\d\d| \d{4})(?= \?| {3}\d:\d\d)/g, ' START');

/** The programs that are needed, as they say which they are. */
const NEEDED = ['free', 'unshare', 'numastat', 'swapon', 'sysctl', 'numactl'].every((name) => {
  return spawnSync('which', [name]).status === 0;
});
const VERSION = spawnSync('free', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const hasNamespaces = spawnSync('unshare', [process.getuid?.() === 0 ? '-m' : '-Urm', 'true']).status === 0;
const canRun = NEEDED && hasNamespaces && VERSION.includes('4.0.2');

if (canRun) {
  describe.each(Object.entries(STATES))('%s', (name, make) => {
    test('our tools print what the real ones print', () => {
      const kernel = make();
      const tree = exported(kernel);
      const lines = BOTH.includes(name) ? [...LINES, ...MORE_LINES, ...(name === 'computing' ? [] : RESTING)] : LINES;
      const theirs = real(tree, lines);
      const ours = lines.map((line) => {
        const { out, status, err } = run(kernel, PROGRAMS[line.split(' ')[0]], line);
        return { out: timeless(out), status, err: err.split('\n')[0] };
      });
      const named = (said: readonly Said[]): object[] => lines.map((line, i) => ({ line, ...said[i] }));
      const differs = (_: unknown, i: number): boolean => JSON.stringify(ours[i]) !== JSON.stringify(theirs[i]);
      expect(named(ours).filter(differs)).toEqual(named(theirs).filter(differs));
      rmSync(tree, { recursive: true });
    });
  });
} else {
  test('the real tools are not here, or of other versions: nothing is compared', () => {
    process.stderr.write(
      'procps 4.0.2, numactl and mount namespaces are needed: our tools were not compared with real ones\n',
    );
    // CI installs them.
    expect(process.env['OSGRADE_REAL_TOOLS'] ?? '').not.toBe('required');
  });
}
