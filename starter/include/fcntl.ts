/** How a file is opened, bits joined with `|`. Linux: include/uapi/asm-generic/fcntl.h. */

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
/** Which of the three. */
export const O_ACCMODE = 3;
/** Make it if it is not there. */
export const O_CREAT = 0o100;
/** With O_CREAT: it must not be there. */
export const O_EXCL = 0o200;
/** Make it empty. */
export const O_TRUNC = 0o1000;
