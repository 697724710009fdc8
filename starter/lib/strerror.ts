/** Numbers of errors as programs word them. glibc: sysdeps/gnu/errlist.h, strerror(3). */
import {
  EACCES,
  EAGAIN,
  EBADF,
  EBUSY,
  ECHILD,
  EEXIST,
  EFAULT,
  EINVAL,
  EIO,
  EISDIR,
  ELOOP,
  EMFILE,
  ENODEV,
  ENOENT,
  ENOMEM,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  EOVERFLOW,
  EPERM,
  ESRCH,
} from '../include/errno.ts';

const WORDS = new Map([
  [EPERM, 'Operation not permitted'],
  [ENOENT, 'No such file or directory'],
  [ESRCH, 'No such process'],
  [EIO, 'Input/output error'],
  [EBADF, 'Bad file descriptor'],
  [ECHILD, 'No child processes'],
  [EAGAIN, 'Resource temporarily unavailable'],
  [ENOMEM, 'Cannot allocate memory'],
  [EACCES, 'Permission denied'],
  [EFAULT, 'Bad address'],
  [EBUSY, 'Device or resource busy'],
  [EEXIST, 'File exists'],
  [ENODEV, 'No such device'],
  [ENOTDIR, 'Not a directory'],
  [EISDIR, 'Is a directory'],
  [EINVAL, 'Invalid argument'],
  [EMFILE, 'Too many open files'],
  [ENOSPC, 'No space left on device'],
  [ENOTEMPTY, 'Directory not empty'],
  [ELOOP, 'Too many levels of symbolic links'],
  [EOVERFLOW, 'Value too large for defined data type'],
]);

/** @param error  positive or negative */
export function strerror(error: number): string {
  const number = Math.abs(error);
  return WORDS.get(number) ?? `Unknown error ${number}`;
}
