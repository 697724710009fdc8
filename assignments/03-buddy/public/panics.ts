/** Whether an act ends in a KernelPanic. Any other error is passed on. */
export function panics(act: () => void): boolean {
  try {
    act();
  } catch (thrown) {
    if (typeof thrown === 'object' && thrown !== null && 'name' in thrown && thrown.name === 'KernelPanic') return true;
    throw thrown;
  }
  return false;
}
