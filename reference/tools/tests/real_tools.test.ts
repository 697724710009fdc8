/**
 * What our tools print is what the real ones print, byte for byte, from the same /proc and /sys: with all their options, and
 * when they are used wrongly. On more machines: graders/boot/tests/scenarios.test.ts.
 */
import { compare, withRealPrograms } from './real_programs.ts';
import { STATES } from './states.ts';

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
  ...[
    'numactl -H',
    'swapon -s',
    'ps -p 1,2,3 --sort=pid -f',
    'ps -p 1,2,3 --sort=pid v',
    'top -b -n 1 -p 1,2,3 -o PID',
  ],
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

withRealPrograms(() => {
  test.each(Object.entries(STATES))('%s: our tools print what the real ones print', (name, make) => {
    const lines = [...LINES, ...MORE_LINES, ...(name === 'computing' ? [] : RESTING)];
    const { differing } = compare(make(), lines);
    expect(differing.ours).toEqual(differing.theirs);
  });
});
