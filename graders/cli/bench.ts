/** `osgrade bench`: how fast the reference kernel is on this machine. */
import { runBench } from '../bench/bench.ts';

/** @param print  called with each line as soon as it is known */
export async function benchCommand(print: (line: string) => void): Promise<void> {
  for await (const line of runBench()) print(line);
}
