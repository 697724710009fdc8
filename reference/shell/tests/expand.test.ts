// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's own parameters
import { typed } from './machine.ts';

describe('words', () => {
  test.each([
    ['x="a  b"; echo $x "$x" \'$x\'', 'a b a  b $x\n'],
    ['x=" a b "; for i in [$x]; do echo "<$i>"; done', '<[>\n<a>\n<b>\n<]>\n'],
    ['echo ${none:-d} ${none-e} ${x:+y} "${#none}"', 'd e y 0\n'],
    ['unset u; echo ${u:=set} $u', 'set set\n'],
    ['echo ${none:?is missing}', 'bash: none: is missing\n(1)'],
    ['p=/a/b.c.d; echo ${p##*/} ${p#*/} ${p%.*} ${p%%.*}', 'b.c.d a/b.c.d /a/b.c /a/b\n'],
    ['p=aXbX; echo ${p/X/-} ${p//X/-} ${p:1:2} ${p: -1}', 'a-bX a-b- Xb X\n'],
    ['echo $(echo a; echo b) `echo c` "$(printf \'x\\n\\n\')"', 'a b c x\n'],
    ['echo $((1 + 2)) "$((2 * $(echo 3)))"', '3 6\n'],
    ['echo $((1 / 0))', 'bash: 1 / 0: division by 0 (error token is "1 / 0")\n(1)'],
    ['set -- a "b c"; for i in "$@"; do echo "<$i>"; done; echo $# $2 "$*"', '<a>\n<b c>\n2 b c a b c\n'],
    ['echo {1..3} {c..a} {01..3} a{b,c{d,e}}f {x} "{1,2}"', '1 2 3 c b a 01 02 03 abf acdf acef {x} {1,2}\n'],
    ['echo ~ ~/x a~ "~"', '/root /root/x a~ ~\n'],
    ['echo /proc/sys/vm/swap* /proc/nothing*', '/proc/sys/vm/swappiness /proc/nothing*\n'],
    ['echo /proc/mem[a-j]nfo "/proc/mem*"', '/proc/meminfo /proc/mem*\n'],
    ['cd /proc; echo m[!o]*fo', 'meminfo\n'],
    ["echo $'a\\tb\\x41'", 'a\tbA\n'],
    ['x=1; echo $x$$x | grep -c "^1[0-9]*x$"', '1\n'],
  ])('%s', (line, shows) => {
    expect(typed(line)).toBe(shows);
  });
});
