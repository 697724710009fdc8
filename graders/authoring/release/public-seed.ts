/** The seed of random choices at a student's, the same for all. The assignment's own is not given away. */
export const PUBLIC_SEED = 1;
