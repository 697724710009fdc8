/** The commands of the shell itself, by name. */
import type { Builtin } from '../runner.ts';
import { help, history, kindOf } from './about.ts';
import { evaluateText, exit, goBack, leave, next, no, source, yes } from './control.ts';
import { echo, printf } from './echo.ts';
import { cd, pwd } from './folders.ts';
import { foreground, jobs, kill, wait } from './jobs.ts';
import { test } from './test.ts';
import { ulimit } from './ulimit.ts';
import { declaring, exporting, letting, local, read, set, shift, unset } from './variables.ts';

const names = (): ReadonlySet<string> => new Set(BUILTINS.keys());

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['.', source],
  [':', yes],
  ['[', test],
  ['break', leave],
  ['cd', cd],
  ['command', kindOf(names)],
  ['continue', next],
  ['declare', declaring],
  ['echo', echo],
  ['eval', evaluateText],
  ['exit', exit],
  ['export', exporting],
  ['false', no],
  ['fg', foreground],
  ['help', help(names)],
  ['history', history],
  ['jobs', jobs],
  ['kill', kill],
  ['let', letting],
  ['local', local],
  ['logout', exit],
  ['printf', printf],
  ['pwd', pwd],
  ['read', read],
  ['return', goBack],
  ['set', set],
  ['shift', shift],
  ['source', source],
  ['test', test],
  ['trap', yes],
  ['true', yes],
  ['type', kindOf(names)],
  ['ulimit', ulimit],
  ['umask', yes],
  ['unset', unset],
  ['wait', wait],
]);
