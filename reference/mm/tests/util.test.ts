import { ENOMEM } from '../../include/errno.ts';
import { VM_MAYSHARE, VM_NORESERVE, VM_READ, VM_SHARED, VM_WRITE } from '../../include/mm_types.ts';
import { accountableMapping, CommitAccount, vmCommitLimit } from '../util.ts';
import { MACHINE, newShmem } from './process.ts';

const ROOT = { ipcLock: true, sysRawio: true, sysAdmin: true };
const USER = { ...ROOT, sysAdmin: false };

test.each([
  [VM_READ | VM_WRITE, true],
  [VM_READ, false],
  [VM_WRITE | VM_SHARED | VM_MAYSHARE, false],
  [VM_WRITE | VM_NORESERVE, false],
])('accountableMapping of flags %i', (flags, accountable) => {
  expect(accountableMapping(flags)).toBe(accountable);
});

describe('vmCommitLimit', () => {
  test('is what a real machine showed', () => {
    // MemTotal 24684084 kB, ratio 50, no swap: CommitLimit 12342040 kB
    expect(vmCommitLimit({ ...MACHINE, totalramPages: 24684084 / 4 }) * 4).toBe(12342040);
  });

  test('counts swap whole', () => {
    expect(vmCommitLimit({ ...MACHINE, totalramPages: 101, totalSwapPages: 7 })).toBe(57);
  });
});

describe('vmEnoughMemory', () => {
  const ask = (mode: 0 | 1 | 2, pages: readonly number[], capable = ROOT) => {
    const commit = new CommitAccount({ ...MACHINE, overcommitMemory: mode, totalramPages: 100_000 });
    return [pages.map((each) => commit.vmEnoughMemory(each, 64_000, capable)), commit.committedAs];
  };

  test('mode 0 refuses a request larger than the machine, not a sum', () => {
    expect(ask(0, [100_000, 100_000, 100_001])).toEqual([[0, 0, -ENOMEM], 200_000]);
  });

  test('mode 1 refuses nothing', () => {
    expect(ask(1, [1_000_000])).toEqual([[0], 1_000_000]);
  });

  test('mode 2 keeps the sum below the limit, less 1/32 of the process', () => {
    expect(ask(2, [47_999, 1])).toEqual([[0, -ENOMEM], 47_999]);
  });

  test('mode 2 keeps 8 MiB for administrators', () => {
    expect(ask(2, [45_951, 1], USER)).toEqual([[0, -ENOMEM], 45_951]);
  });
});

test('shared anonymous memory is promised until nobody maps it', () => {
  const commit = new CommitAccount(MACHINE);
  const file = newShmem(5);
  commit.vmEnoughMemory(5, 0, ROOT);
  commit.adoptShmem(file, 5);
  for (const step of [commit.getFile, commit.getFile, commit.putFile]) step.call(commit, file);
  expect(commit.committedAs).toBe(5);
  commit.putFile(file);
  expect(commit.committedAs).toBe(0);
});

test('taking back what was never promised panics', () => {
  expect(() => new CommitAccount(MACHINE).vmUnacctMemory(1)).toThrow('util: 1 pages taken back');
});
