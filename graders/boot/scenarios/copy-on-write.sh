# What fork(2) shares: parent and child have the same pages until one of them writes.
# machine: small
rollup() { grep -E '^(Rss|Pss|Shared_Dirty|Private_Dirty|Anonymous):' /proc/$1/smaps_rollup; }

cat > family.scn <<'END'
#!/bin/scenario
name parent
a = alloc 16M
touch a
sleep 2s
fork child
  name child
  sleep 2s
  touch a 0-1023
  sleep 2s
  advise a dontneed 1024-2047
  sleep 2s
  exit 3
end
wait
sleep 2s
END
./family.scn &
parent=$!
sleep 1
echo '== The parent has written 16 MiB'
rollup $parent
pmap -x $parent | tail -n 1
sleep 2
child=$(ps -o pid= -C child)
echo '== A child: twice the pages, the same memory, half the Pss each'
rollup $parent
rollup $child
grep -E 'AnonPages|Committed_AS' /proc/meminfo
sleep 2
echo '== The child has written 4 MiB: these were copied'
rollup $child
grep -E 'AnonPages|Committed_AS' /proc/meminfo
ps -o pid,ppid,comm,rss,pss,uss,min_flt,maj_flt -p $parent,$child
sleep 2
echo '== The child has let go 4 MiB: the parent has them alone'
rollup $parent
sleep 2
echo '== The child has ended: nothing is shared any more'
rollup $parent
wait $parent
grep -E 'AnonPages|Committed_AS' /proc/meminfo
echo '== Another family: the sum of Pss over all processes is the memory that they have together (awk had not begun)'
./family.scn &
sleep 5
awk '/^Pss:/ { kb += $2 } END { print "Pss of all:", kb, "kB" }' /proc/[0-9]*/smaps_rollup
grep -E '^(AnonPages|Mapped)' /proc/meminfo
