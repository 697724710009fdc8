/** The student's two commands. The only file of the kit that prints and exits. */
import { fileURLToPath } from 'node:url';
import { GraderError } from '../../../errors.ts';
import { openKit } from './kit.ts';
import { pack } from './pack.ts';
import { selfCheck } from './self-check.ts';
import { asText } from './text.ts';

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

try {
  const kit = openKit(fileURLToPath(new URL('../../../../', import.meta.url)));
  if (process.stderr.isTTY) process.stderr.write('Checking types, then running the public tests ...\n\n');
  const checked = await selfCheck(kit);
  print(asText(checked));
  if (process.argv[2] === 'pack') {
    const packed = await pack(kit, checked);
    print(packed.says);
    process.exitCode = packed.kind === 'packed' ? 0 : 1;
  } else {
    process.exitCode = checked.result.verdict === 'passed' ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof GraderError)) throw error;
  process.stderr.write(`${error.message} [${error.code}]\n`);
  process.exitCode = 1;
}
