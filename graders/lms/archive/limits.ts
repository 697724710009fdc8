/** Every limit on what intake reads, with its unit: roomy for a class of 500, far below what hurts the machine. */

const MIB = 2 ** 20;

/** Entries of one archive, or files and folders of one source folder. A zip without Zip64 cannot hold more. */
export const MAX_ENTRIES = 65_535;

/** Code units of one path. */
export const MAX_PATH_LENGTH = 1_024;

/** One file of a submission. The largest answer of ours is below 100 KiB. */
export const MAX_FILE_BYTES = 4 * MIB;

/** A zip handed in by a student, before it is opened. */
export const MAX_INNER_ARCHIVE_BYTES = 32 * MIB;

/** All files of one submission, opened; how many there may be, and how many zips among them. */
export const MAX_SUBMISSION_BYTES = 16 * MIB;
export const MAX_SUBMISSION_FILES = 1_000;
export const MAX_SUBMISSION_ZIPS = 8;

/** Problems told of one submission; what is beyond is counted. */
export const MAX_PROBLEMS = 20;

/** All submissions together: they are held in memory. */
export const MAX_CLASS_BYTES = 1_024 * MIB;

/** Opened bytes for each packed byte. Source text packs 4 to 20 to one, a bomb up to 1032 to one. Small files may repeat more. */
export const MAX_EXPANSION = 100;
export const EXPANSION_COUNTS_FROM_BYTES = MIB;
