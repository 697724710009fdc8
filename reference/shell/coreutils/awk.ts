/** awk(1): programs that look at lines, field by field. */
import { Awk } from '../awk/interpreter.ts';
import { parseAwk } from '../awk/parser.ts';
import type { ShellTool } from '../context.ts';
import { ansi } from '../words.ts';
import { inputsOf, linesOf } from './input.ts';

const TROUBLE = 2;

/** `name=value`. */
const ASSIGNMENT = /^([A-Za-z_]\w*)=([\s\S]*)$/;

export const awk: ShellTool = function* (context) {
  const args = [...context.args];
  const variables: [string, string][] = [];
  while (/^-[vF]/.test(args[0] ?? '')) {
    const flag = args.shift() ?? '';
    const value = flag.length > 2 ? flag.slice(2) : (args.shift() ?? '');
    const [, name = 'FS', text = value] = flag.startsWith('-v') ? (ASSIGNMENT.exec(value) ?? []) : [];
    variables.push([name, ansi(text === 't' && flag.startsWith('-F') ? '\t' : text)]);
  }
  const program = args.shift();
  if (program === undefined) {
    context.err('usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n');
    return TROUBLE;
  }
  const rules = parseAwk(program);
  if ('near' in rules) {
    context.err(
      `awk: cmd. line:1: ${program}\nawk: cmd. line:1: syntax error near ${rules.near.replace('\n', 'newline')}\n`,
    );
    return TROUBLE;
  }
  const machine = new Awk(rules, context.out);
  for (const [name, value] of variables) machine.setVariable(name, value);
  let goesOn = yield* machine.begin();
  let status = 0;
  if (goesOn && machine.reads) {
    const inputs = inputsOf(context, args);
    if (inputs.includes(null)) status = TROUBLE;
    let number = 0;
    for (const line of inputs.flatMap((input) => linesOf(input?.text ?? ''))) {
      goesOn = yield* machine.line(line, ++number);
      if (!goesOn) break;
    }
    yield* machine.end();
  }
  return machine.status === 0 ? status : machine.status;
};
