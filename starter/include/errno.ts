/** Error numbers. Functions return them negated. Linux: include/uapi/asm-generic/errno-base.h. */

/** Out of memory. */
export const ENOMEM = 12;
/** Already there. */
export const EEXIST = 17;
/** An argument that makes no sense. */
export const EINVAL = 22;
