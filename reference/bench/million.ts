/** A million operations in the whole kernel: sixteen processes, memory for most of what they write, swap for the rest. */
import { Kernel } from '../init/kernel.ts';
import { benchMachine } from './machine.ts';
import { ProcessLife } from './processes.ts';

const OPERATIONS = 1_000_000;
/** Frames and slots. */
const FRAMES = 1300;
const SLOTS = 2 ** 16;

export function million(): { readonly operations: number; readonly play: () => void } {
  const life = new ProcessLife(Kernel.boot(benchMachine(FRAMES, SLOTS)), 1);
  return { operations: OPERATIONS, play: () => life.play(OPERATIONS) };
}
