import {
  VM_ACCOUNT,
  VM_EXEC,
  VM_HUGEPAGE,
  VM_LOCKED,
  VM_MAYBE_GUARD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_READ,
  VM_SEALED,
  VM_WRITE,
} from '../../../include/mm_types.ts';
import { showVmFlags, showVmPerms } from '../vm_flags.ts';

test('showVmFlags names flags in the order of their bits in Linux: sealed, which is bit 63 there, last', () => {
  const flags = VM_SEALED | VM_HUGEPAGE | VM_ACCOUNT | VM_LOCKED | VM_MAYBE_GUARD | VM_MAYWRITE | VM_WRITE | VM_READ;
  expect(showVmFlags(flags)).toBe('rd wr mw gu lo ac hg sl');
  expect(showVmFlags(0)).toBe('');
});

test.each([
  [VM_READ | VM_WRITE, 'rw-p'],
  [VM_EXEC | VM_MAYSHARE, '--xs'],
  [0, '---p'],
])('showVmPerms of flags %i', (flags, perms) => {
  expect(showVmPerms(flags)).toBe(perms);
});
