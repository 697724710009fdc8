/** Error numbers. Functions return them negated. Linux: include/uapi/asm-generic/errno-base.h and errno.h. */

/** Not permitted: a capability is missing, or the mapping is sealed. */
export const EPERM = 1;
/** Nothing of that name. */
export const ENOENT = 2;
/** No such process. */
export const ESRCH = 3;
/** The device failed. */
export const EIO = 5;
/** No such open file. */
export const EBADF = 9;
/** No such child. */
export const ECHILD = 10;
/** Not now: a limit of locked memory. */
export const EAGAIN = 11;
/** Out of memory, or of address space; also: nothing is mapped here. */
export const ENOMEM = 12;
/** The file or mapping does not give these rights. */
export const EACCES = 13;
/** A bad address. */
export const EFAULT = 14;
/** In use. */
export const EBUSY = 16;
/** Already there. */
export const EEXIST = 17;
/** Another file system. */
export const EXDEV = 18;
/** No such device, or kind of file system. */
export const ENODEV = 19;
/** A folder is needed, and this is none. */
export const ENOTDIR = 20;
/** A folder, where a file is needed. */
export const EISDIR = 21;
/** An argument that makes no sense. */
export const EINVAL = 22;
/** Too many open files. */
export const EMFILE = 24;
/** The disk is full. */
export const ENOSPC = 28;
/** A folder that still holds something. */
export const ENOTEMPTY = 39;
/** Too many links, one leading to the next. */
export const ELOOP = 40;
/** A number too large for its field. */
export const EOVERFLOW = 75;
/** Nobody does this here. */
export const EOPNOTSUPP = 95;
