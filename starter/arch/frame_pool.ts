/**
 * Words for contents of frames and of disk blocks: arrays that nobody needs are used again, new ones are cut from large
 * buffers. (An array of its own for each would keep the garbage collector busy.)
 */
import { PAGE_SIZE } from '../include/param.ts';

/** 32-bit words of a frame. */
export const FRAME_WORDS = PAGE_SIZE / Uint32Array.BYTES_PER_ELEMENT;

/** Arrays cut from one buffer: the first has one, each further one twice as many, up to this. */
const MOST_PER_BUFFER = 16;

export class FramePool {
  readonly #free: Uint32Array[] = [];
  #buffer = new ArrayBuffer(0);
  #perBuffer = 1;
  #cut = 0;

  /** @returns FRAME_WORDS words; what they hold is left over from others */
  take(): Uint32Array {
    return this.#free.pop() ?? this.#fresh();
  }

  /** Takes words back that nobody uses any more. */
  give(words: Uint32Array): void {
    this.#free.push(words);
  }

  #fresh(): Uint32Array {
    if (this.#cut === 0) {
      this.#buffer = new ArrayBuffer(this.#perBuffer * PAGE_SIZE);
      this.#cut = this.#perBuffer;
      this.#perBuffer = Math.min(2 * this.#perBuffer, MOST_PER_BUFFER);
    }
    this.#cut--;
    return new Uint32Array(this.#buffer, this.#cut * PAGE_SIZE, FRAME_WORDS);
  }
}
