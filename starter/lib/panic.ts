/** What must not happen. Linux: kernel/panic.c. What may happen is returned instead, as a negative errno or null. */

export class KernelPanic extends Error {
  override readonly name = 'KernelPanic';
}

/**
 * Stops the machine.
 * @param fact  file, colon, fact: `page_alloc: double free of pfn 7`
 */
export function panic(fact: string): never {
  throw new KernelPanic(fact);
}
