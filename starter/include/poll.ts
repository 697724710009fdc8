/** What poll(2) asks and answers, bits joined with `|`. Linux: include/uapi/asm-generic/poll.h. */

/** There is something to read. */
export const POLLIN = 0x1;
/** Something has happened that is not read. */
export const POLLPRI = 0x2;
/** It can be written. */
export const POLLOUT = 0x4;
/** Answered only: an error, or no such open file. */
export const POLLERR = 0x8;
export const POLLNVAL = 0x20;
/** Of a file that says nothing of it. */
export const DEFAULT_POLLMASK = POLLIN | POLLOUT;
