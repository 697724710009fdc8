/** `cd` and `pwd`. bash(1). */
import { ENOTDIR } from '../../include/errno.ts';
import { strerror } from '../../lib/strerror.ts';
import { absolute } from '../../tools/path.ts';
import type { Builtin } from '../runner.ts';

export const cd: Builtin = ({ state, args, out, fail }) => {
  const { variables, files } = state;
  if (args.length > 1) return fail('too many arguments');
  const [to = variables.get('HOME')] = args;
  const target = to === '-' ? variables.find('OLDPWD') : to;
  if (target === null) return fail('OLDPWD not set');
  if (target === '') return 0;
  const stat = files.stat(target);
  if (typeof stat === 'number') return fail(`${target}: ${strerror(stat)}`);
  if (stat.kind !== 'dir') return fail(`${target}: ${strerror(ENOTDIR)}`);
  state.enter(absolute(target, state.cwd));
  if (to === '-') out(`${state.cwd}\n`);
  return 0;
};

export const pwd: Builtin = ({ state, out }) => {
  out(`${state.cwd}\n`);
  return 0;
};
