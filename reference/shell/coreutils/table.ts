/** Programs that every system has, by name. The programs that look at memory are in tools/. */
import type { ShellTool } from '../context.ts';
import { awk } from './awk.ts';
import { cat } from './cat.ts';
import { cut } from './cut.ts';
import { dd } from './dd.ts';
import { cp, mkdir, mv, rm, rmdir, sync, touch } from './files.ts';
import { grep } from './grep.ts';
import { head, tail } from './head_tail.ts';
import { sort, tee, tr, uniq, wc } from './lines.ts';
import { ls } from './ls.ts';
import { basename, clear, dirname, env, hostname, id, nproc, seq, sudo, uname, which, whoami } from './small.ts';
import { date, sleep, timeout, watch } from './time.ts';

export const COREUTILS: Readonly<Record<string, ShellTool>> = {
  ...{ awk, cat, cut, dd, egrep: grep, grep, head, ls, sort, tail, tee, tr, uniq, wc },
  ...{ gawk: awk, mawk: awk },
  ...{ cp, mkdir, mv, rm, rmdir, sync, touch },
  ...{ date, sleep, timeout, watch },
  ...{ basename, clear, dirname, env, hostname, id, nproc, seq, sudo, uname, which, whoami },
};
