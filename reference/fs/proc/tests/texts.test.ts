/** Files whose text is made of a few numbers: each is held against what a real machine wrote. */

import { ioShow } from '../base.ts';
import { fragShow } from '../buddyinfo.ts';
import { limitsOf, limitsShow } from '../limits.ts';
import { loadavgShow, uptimeShow } from '../loadavg.ts';
import { pagetypeinfoShow } from '../pagetypeinfo.ts';
import { loadText, psiShow } from '../pressure.ts';
import { slabinfoShow } from '../slabinfo.ts';
import { CPU_TIMES, type CpuTimes, statShow } from '../stat.ts';
import { swapsShow } from '../swaps.ts';
import { labelled, linesOf, recorded } from './recorded.ts';

const numbersOf = (line: string): number[] =>
  line
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);

/** `29.45` times 2048, so that it is shown as that. */
const fixed = (shown: string): number => {
  const [whole, hundredths] = shown.split('.').map(Number);
  return whole * 2048 + Math.ceil((hundredths * 2048) / 100);
};

describe('loadText', () => {
  test('cuts off what is less than a hundredth', () => {
    expect([0, 20, 21, 2047, 2048 * 99 + 2046].map(loadText)).toEqual(['0.00', '0.00', '0.01', '0.99', '99.99']);
  });
});

describe('psiShow', () => {
  test.each(['cpu', 'io', 'memory'])('%s: writes what a real machine wrote', (resource) => {
    const text = recorded(`pressure-${resource}`);
    const [some, full] = linesOf(text).map((line) => {
      const [avg10 = '', avg60 = '', avg300 = '', total = ''] = [...line.matchAll(/=([\d.]+)/g)].map(([, n]) => n);
      return { avg10: fixed(avg10), avg60: fixed(avg60), avg300: fixed(avg300), total: Number(total) };
    });
    expect(psiShow({ some, full })).toBe(text);
  });
});

describe('loadavgShow and uptimeShow', () => {
  test('write what a real machine wrote', () => {
    const [one, five, fifteen, tasks, lastPid] = recorded('loadavg').trim().split(' ');
    const [running, threads] = tasks.split('/').map(Number);
    const loads = [fixed(one), fixed(five), fixed(fifteen)] as const;
    expect(loadavgShow({ loads, running, threads, lastPid: Number(lastPid) })).toBe(recorded('loadavg'));
    const almost = { loads: [2038, 2037, 0] as const, running, threads, lastPid: Number(lastPid) };
    expect(loadavgShow(almost)).toMatch(/^1\.00 0\.99 0\.00 /);
    expect(uptimeShow(1_982_020_000_000, 2_481_069_999_999)).toBe(recorded('uptime'));
  });
});

describe('statShow', () => {
  test('writes what a real machine wrote', () => {
    const lines = linesOf(recorded('stat'));
    const line = (name: string): number[] => numbersOf(lines.find((each) => each.startsWith(`${name} `)) ?? '');
    const times = (name: string): CpuTimes =>
      Object.fromEntries(CPU_TIMES.map((time, i) => [time, line(name)[i]])) as CpuTimes;
    const figures = {
      ...{ cpus: [times('cpu0'), times('cpu1')], intr: line('intr'), ctxt: line('ctxt')[0], btime: line('btime')[0] },
      ...{ processes: line('processes')[0], running: line('procs_running')[0], blocked: line('procs_blocked')[0] },
      softirq: line('softirq'),
    };
    expect(statShow(times('cpu'), figures)).toBe(recorded('stat'));
  });
});

describe('fragShow and pagetypeinfoShow', () => {
  test('write what a real machine wrote', () => {
    const zones = linesOf(recorded('buddyinfo')).map((line) => {
      const name = /zone +(\w+)/.exec(line)?.[1] ?? '';
      return { name, managedPages: 1, nrFree: numbersOf(line) };
    });
    expect(fragShow(0, zones)).toBe(recorded('buddyinfo'));
    const kinds = linesOf(recorded('pagetypeinfo'));
    const figures = zones.map(({ name }) => {
      const own = kinds.filter((line) => new RegExp(`zone +${name}[, ]`).test(line));
      const nrFree = own.slice(0, 5).map((line) => numbersOf(line.replace(/^.*type/, '')));
      return { node: 0, name, nrFree, pageblocks: numbersOf((own[5] ?? '').replace(/^.*zone/, '')) };
    });
    expect(pagetypeinfoShow(9, figures)).toBe(recorded('pagetypeinfo'));
  });
});

describe('slabinfoShow', () => {
  test('writes all caches of a real machine', () => {
    const caches = linesOf(recorded('slabinfo'))
      .slice(2)
      .map((line) => {
        const [name = ''] = /^\S+/.exec(line) ?? [];
        const [activeObjs, numObjs, size, objectsPerSlab, pagesPerSlab, , , , numSlabs] = numbersOf(
          line.slice(name.length),
        );
        return { name, activeObjs, numObjs, size, objectsPerSlab, pagesPerSlab, numSlabs };
      });
    expect(caches).toHaveLength(235);
    expect(slabinfoShow(caches)).toBe(recorded('slabinfo'));
  });
});

describe('swapsShow', () => {
  test('has a head, and columns that are apart even when numbers are wide', () => {
    expect(swapsShow([])).toBe(recorded('swaps'));
    const disk = { name: '/dev/vdb', kind: 'partition', size: 65535, used: 3, prio: -2 } as const;
    const file = {
      name: `/${'long/'.repeat(8)}swap`,
      kind: 'file',
      size: 2_500_000,
      used: 2_500_000,
      prio: 5,
    } as const;
    expect(linesOf(swapsShow([disk, file])).slice(1)).toEqual([
      `/dev/vdb${' '.repeat(32)}partition\t262140\t\t12\t\t-2`,
      `${file.name} file\t\t10000000\t10000000\t5`,
    ]);
  });
});

describe('limitsShow', () => {
  const limit = (word: string): number => (word === 'unlimited' ? Infinity : Number(word));

  test('writes what a real machine wrote', () => {
    const text = recorded('self-limits');
    const rows = linesOf(text)
      .slice(1)
      .map((line) => {
        const [, name = '', soft = '', hard = '', unit = ''] = /^(.*?) {2,}(\S+) +(\S+) *(\S*)/.exec(line) ?? [];
        return [name, limit(soft), limit(hard), unit] as const;
      });
    expect(limitsShow(rows)).toBe(text);
  });

  test('of a process of ours are the same rows', () => {
    const rlimits = { as: Infinity, data: Infinity, stack: 8 * 2 ** 20, memlock: 8 * 2 ** 20 };
    const ours = limitsShow(limitsOf(rlimits, 6171021));
    const differing = linesOf(ours).filter((line, i) => line !== linesOf(recorded('self-limits'))[i]);
    // The recorded one was given more files; its kernel counted fewer pages when it set the limit of processes.
    expect(differing.map((line) => line.replace(/ {2,}.*$/, ''))).toEqual([
      'Max processes',
      'Max open files',
      'Max pending signals',
    ]);
  });
});

describe('ioShow', () => {
  test('writes what a real machine wrote', () => {
    const [rchar, wchar, syscr, syscw, read_bytes, write_bytes, cancelled_write_bytes] = labelled(
      recorded('self-io'),
    ).map(([, value]) => value);
    const io = { rchar, wchar, syscr, syscw, read_bytes, write_bytes, cancelled_write_bytes };
    expect(ioShow(io)).toBe(recorded('self-io'));
  });
});
