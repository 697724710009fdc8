/** Programs that change the machine, or look at it twice, as they are used at the prompt. */
import { Keyboard } from '../../shell/tests/machine.ts';

const all = (keyboard: Keyboard, line: string): string => {
  const { out, err, status } = keyboard.type(line);
  return `${out}${err}(${status})`;
};

describe('swapon, swapoff and mkswap', () => {
  test('an area goes off and on, with a priority', () => {
    const keyboard = new Keyboard();
    expect(all(keyboard, 'swapoff -v /dev/sda2; swapon --show; mkswap -L spare /dev/sda2 | head -1')).toBe(
      'swapoff /dev/sda2\nSetting up swapspace version 1, size = 4 MiB (4190208 bytes)\n(0)',
    );
    expect(all(keyboard, 'swapon -v -p 7 /dev/sda2; swapon --show')).toBe(
      'swapon /dev/sda2\nNAME      TYPE      SIZE USED PRIO\n/dev/sda2 partition   4M   0B    7\n(0)',
    );
    expect(all(keyboard, 'swapon /dev/sda2')).toBe('swapon: /dev/sda2: swapon failed: Device or resource busy\n(255)');
    expect(all(keyboard, 'mkswap /dev/sda2')).toBe('mkswap: error: /dev/sda2 is mounted; will not make swapspace\n(1)');
    expect(all(keyboard, 'swapoff -a; swapon -s')).toBe('(0)');
    keyboard.session.kernel.validate();
  });

  test('a file that is no area', () => {
    const keyboard = new Keyboard({ '/tmp/f': 'no' });
    expect(all(keyboard, 'swapon /tmp/f')).toBe('swapon: /tmp/f: read swap header failed\n(255)');
    expect(all(keyboard, 'swapoff /tmp/f')).toBe('swapoff: /tmp/f: swapoff failed: Invalid argument\n(4)');
    expect(all(keyboard, 'mkswap /tmp/f')).toBe('mkswap: error: swap area needs to be at least 40 KiB\n(1)');
  });
});

describe('sysctl', () => {
  test('sets, and says what it has set', () => {
    const keyboard = new Keyboard();
    expect(all(keyboard, 'sysctl -w vm.swappiness=10; cat /proc/sys/vm/swappiness')).toBe(
      'vm.swappiness = 10\n10\n(0)',
    );
    expect(all(keyboard, 'sysctl -q vm.swappiness=20; sysctl -n vm/swappiness')).toBe('20\n(0)');
  });

  test('refuses what the kernel refuses', () => {
    const keyboard = new Keyboard();
    expect(all(keyboard, 'sysctl vm.swappiness=500')).toBe(
      'sysctl: setting key "vm.swappiness": Invalid argument\n(1)',
    );
    expect(all(keyboard, 'sysctl kernel.ostype=x')).toBe(
      'sysctl: setting key "kernel.ostype": Operation not permitted\n(1)',
    );
    expect(all(keyboard, 'sysctl vm.drop_caches')).toBe('(0)');
  });

  test('-p reads a file; a line with - in front may fail', () => {
    const text = '# of mine\nvm.swappiness=10\n; more\nnothing\n-vm.unknown = 3\nvm.dirty_ratio = 30\n';
    const keyboard = new Keyboard({ '/etc/sysctl.conf': text });
    expect(all(keyboard, 'sysctl -p')).toBe(
      'vm.swappiness = 10\nvm.dirty_ratio = 30\n' +
        'sysctl: /etc/sysctl.conf(4): invalid syntax, continuing...\n' +
        'sysctl: cannot stat /proc/sys/vm/unknown: No such file or directory\n(0)',
    );
  });

  test('a folder is all that is below it', () => {
    const lines = new Keyboard().type('sysctl vm.').out.trimEnd().split('\n');
    expect(lines).toContain('vm.swappiness = 60');
    expect(lines.every((line) => line.startsWith('vm.'))).toBe(true);
  });
});

describe('numactl', () => {
  test('a program gets a policy and CPUs', () => {
    expect(all(new Keyboard(), 'numactl --cpubind=0 --membind=0 numactl --show')).toBe(
      'policy: bind\npreferred node: 0\nphyscpubind: 0 \ncpubind: 0 \nnodebind: 0 \nmembind: 0 \npreferred: \n(0)',
    );
    expect(new Keyboard().type('numactl -i all cat /proc/self/numa_maps').out).toMatch(/^[\da-f]+ interleave:0 /);
    expect(new Keyboard().type('numactl -p 0 numactl -s').out).toContain('policy: preferred\npreferred node: 0\n');
  });

  test('one policy, of nodes that there are', () => {
    const [first] = new Keyboard().type('numactl -m 0 -l true').err.split('\n');
    expect(first).toBe('numactl: Conflicting policies');
    expect(new Keyboard().type('numactl -m 1-x true')).toMatchObject({ out: '<1-x> is invalid\n', status: 1 });
  });
});

describe('mount and umount', () => {
  test('what is mounted is in /proc/mounts', () => {
    const keyboard = new Keyboard();
    expect(all(keyboard, 'mkdir /mnt/huge; mount -v -t hugetlbfs nodev /mnt/huge; mount -t hugetlbfs')).toBe(
      'mount: nodev mounted on /mnt/huge.\nnodev on /mnt/huge type hugetlbfs (rw,relatime,pagesize=2M)\n(0)',
    );
    expect(all(keyboard, 'umount /mnt/huge; mount -t hugetlbfs; umount /mnt/huge')).toBe(
      'umount: /mnt/huge: not mounted.\n(32)',
    );
    expect(all(keyboard, 'umount /proc')).toBe('umount: /proc: target is busy.\n(32)');
  });

  test('debugfs is there from the start, and once', () => {
    const keyboard = new Keyboard();
    const shown = 'debugfs on /sys/kernel/debug type debugfs (rw,nosuid,nodev,noexec,relatime)';
    expect(all(keyboard, 'mount -t debugfs')).toBe(`${shown}\n(0)`);
    const [first] = keyboard.type('mount -t debugfs none /sys/kernel/debug').err.split('\n');
    expect(first).toBe('mount: /sys/kernel/debug: none already mounted on /sys/kernel/debug.');
    expect(all(keyboard, 'umount /sys/kernel/debug')).toBe('umount: /sys/kernel/debug: target is busy.\n(32)');
  });

  test.each([
    ['mount -t foo a /mnt', "mount: /mnt: unknown filesystem type 'foo'."],
    ['mount a /mnt', 'mount: /mnt: special device a does not exist.'],
    ['mount -t tmpfs a /nodir', 'mount: /nodir: mount point does not exist.'],
    ['mount -t tmpfs a /data/zeroes', 'mount: /data/zeroes: mount point is not a directory.'],
  ])('%s', (line, why) => {
    const { err, status } = new Keyboard().type(line);
    expect([err.split('\n')[0], status]).toEqual([why, 32]);
  });
});

describe('dmesg and journalctl', () => {
  const dropped = (): Keyboard => {
    const keyboard = new Keyboard();
    keyboard.type('sleep 65; echo 3 > /proc/sys/vm/drop_caches; sleep 1; echo 1 > /proc/sys/vm/drop_caches');
    return keyboard;
  };

  test('lines with their time, as a date, or after the one before', () => {
    const keyboard = dropped();
    const times = (options: string): string => keyboard.type(`dmesg ${options}`).out.replace(/(\.\d)\d{5}/g, '$1');
    expect(times('')).toBe('[   65.0] bash (2): drop_caches: 3\n[   66.0] bash (2): drop_caches: 1\n');
    expect(times('-T').split('\n')[0]).toBe('[Thu Jan  1 00:01:05 2026] bash (2): drop_caches: 3');
    expect(times('-H')).toBe('[Jan 1 00:01] bash (2): drop_caches: 3\n[  +1.0] bash (2): drop_caches: 1\n');
    expect(times('-t -x').split('\n')[0]).toBe('kern  :info  : bash (2): drop_caches: 3');
    expect(times('-r -t -l info,err').split('\n')[0]).toBe('<6>bash (2): drop_caches: 3');
    expect(times('-l err')).toBe('');
  });

  test('the journal has the same lines, with date and host', () => {
    const keyboard = dropped();
    const [first, last] = [
      '00:01:05 osgrade kernel: bash (2): drop_caches: 3',
      '00:01:06 osgrade kernel: bash (2): drop_caches: 1',
    ];
    expect(all(keyboard, 'journalctl')).toBe(`Jan 01 ${first}\nJan 01 ${last}\n(0)`);
    expect(all(keyboard, 'journalctl -b -k --no-pager -n1')).toBe(`Jan 01 ${last}\n(0)`);
    expect(all(keyboard, 'journalctl -r -o cat')).toBe('bash (2): drop_caches: 1\nbash (2): drop_caches: 3\n(0)');
    expect(all(keyboard, 'journalctl -p err; journalctl -q -p 3')).toBe('-- No entries --\n(0)');
    expect(all(keyboard, 'journalctl -p loud')).toBe('Unknown log level loud\n(1)');
    expect(all(keyboard, 'journalctl kernel')).toBe("Failed to add match 'kernel': Invalid argument\n(1)");
    expect(all(keyboard, 'journalctl -Z')).toBe("journalctl: invalid option -- 'Z'\n(1)");
  });

  test('is empty when it has been cleared', () => {
    const keyboard = dropped();
    expect(keyboard.type('dmesg -c').out).toContain('drop_caches');
    expect(all(keyboard, 'dmesg')).toBe('(0)');
  });
});

describe('sar and iostat', () => {
  const LOAD = "scenario -c 'writefile /tmp/f 1M; sync; sleep 1' &";

  test('paging in a second, and on average', () => {
    const { out } = new Keyboard().type(`sleep 1; ${LOAD} sar -B 1 2`);
    const [first, second, average] = out
      .split('\n')
      .filter((line) => /^(\d\d:\d\d:\d\d|Average:) +[\d.]+/.test(line))
      .map((line) => line.trim().split(/ +/).slice(1).map(Number));
    expect(first[1]).toBeGreaterThanOrEqual(1024);
    expect(second[1]).toBe(0);
    expect(average[1]).toBeCloseTo(first[1] / 2, 0);
    expect(first).toHaveLength(9);
  });

  test('disks since boot, then since the report before', () => {
    const { out } = new Keyboard().type(`sleep 1; ${LOAD} sleep 0.5; iostat -d 1 2`);
    const rows = out.split('\n').filter((line) => line.startsWith('vda'));
    expect(rows).toHaveLength(2);
    expect(Number(rows[0].trim().split(/ +/)[6])).toBeGreaterThanOrEqual(1024);
    expect(rows[1]).toBe(
      'vda               0.00         0.00         0.00         0.00          0          0          0',
    );
  });

  test('refuse what they do not know', () => {
    const keyboard = new Keyboard();
    expect(keyboard.type('sar').status).toBe(2);
    for (const line of ['sar -B x', 'sar -Q 1', 'sar 1 0', 'iostat -Q', 'iostat 1 0', 'iostat 1 2 3']) {
      expect(keyboard.type(line)).toMatchObject({ out: '', err: expect.stringMatching(/^Usage: /), status: 1 });
    }
  });
});

describe('what goes on', () => {
  test('vmstat 1 3 takes two seconds, free -s 2 -c 2 another two', () => {
    const keyboard = new Keyboard();
    const { clock } = keyboard.session.kernel.rooms;
    keyboard.type('vmstat 1 3');
    expect(Math.round(clock.now / 1e9)).toBe(2);
    keyboard.type('free -s 2 -c 2');
    expect(Math.round(clock.now / 1e9)).toBe(4);
    keyboard.type('top -b -d 0.5 -n 3');
    expect(Math.round(clock.now / 1e9)).toBe(5);
  });
});
