import { typed } from './machine.ts';

const LINES = 'printf "a:1 x\\nb:2 y\\nc:30 z\\n" > t;';

test.each([
  [`awk '{ print $2, $1 }' t | head -1`, 'x a:1\n'],
  [`awk -F: '{ sum += $2 } END { print sum " kB", NR }' t`, '33 kB 3\n'],
  [`awk -F '[: ]' -v least=2 '$2 >= least { print $1 NF }' t`, 'b3\nc3\n'],
  [`awk '/b/, /c/' t`, 'b:2 y\nc:30 z\n'],
  [`awk 'NR == 2' t; awk '!/b/ { n++ } END { print n }' t`, 'b:2 y\n2\n'],
  [`awk 'BEGIN { printf "%5.1f|%-4s|%d%%\\n", 10 / 4, "ab", 7.9 }'`, '  2.5|ab  |7%\n'],
  [`awk 'BEGIN { print 1e3, 0.1 + 0.2, 2 ^ 10, 7 % 3, -3 " " 1 / 3 }'`, '1000 0.3 1024 1 -3 0.333333\n'],
  [`awk 'BEGIN { for (i = 0; i < 5; i++) { if (i == 1) continue; if (i == 3) break; print i } }'`, '0\n2\n'],
  [`awk 'BEGIN { while (i < 2) i++; do i--; while (i > 0); print i }'`, '0\n'],
  [
    `awk '{ n[$2]++; last = $2 } END { for (k in n) print k, n[k]; delete n["x"]; print ("x" in n), length(n) }' t`,
    'x 1\ny 1\nz 1\n0 2\n',
  ],
  [
    `awk 'BEGIN { print length("abc") index("abc", "c") substr("hello", 2, 3) toupper("a") split("a b", q) q[2] }'`,
    '33ellA2b\n',
  ],
  [`awk '{ gsub(/[0-9]/, "<&>"); print; sub(/z/, "") } END { print $0 }' t | tail -2`, 'c:<3><0> z\nc:<3><0> \n'],
  [`echo a b c | awk '{ $2 = "X"; print; print NF, $NF, $(NF - 1); NF = 1; print }'`, 'a X c\n3 c X\na\n'],
  [`echo "10 9" | awk '{ print ($1 > $2), ("10" > "9"), $1 == 10.0 }'`, '1 0 1\n'],
  [`awk 'BEGIN { exit 3 }'`, '(3)'],
  [`awk '{ next; print "never" } END { print (NR > 2 ? "many" : "few") }' t`, 'many\n'],
  [`awk '$1 ~ /^[ab]/ && $2 != "x" { print $1 }' t`, 'b:2\n'],
  [`awk 'BEGIN { OFS = "-"; print 1, 2; $0 = "p q"; $1 = $1; print }'`, '1-2\np-q\n'],
  [`awk '{ print $1 }' none`, 'awk: none: No such file or directory\n(2)'],
  [`awk '{ print $1'`, 'awk: cmd. line:1: { print $1\nawk: cmd. line:1: syntax error near end of file\n(2)'],
  [`awk`, 'usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n(2)'],
])('%s', (line, shows) => {
  expect(typed(`${LINES} ${line}`)).toBe(shows);
});
