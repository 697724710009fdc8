# A swap storm: programs that want more than there is, all at once. Pages go out and come back, and everybody waits.
# machine: small
swapping() { grep -E '^(pswp|swap_ra|pgmajfault|workingset_refault_anon|pgscan_(kswapd|direct)) *' /proc/vmstat; }

echo '== Two programs that write 50 MiB each, again and again: they fit'
stress -q --vm 2 --vm-bytes 50M --vm-keep &
vmstat 1 2
cat /proc/pressure/memory
echo
echo '== A third one: they do not'
stress -q --vm 1 --vm-bytes 50M --vm-keep --timeout 6s &
third=$!
vmstat 1 5
grep -H '' /proc/pressure/memory /proc/pressure/io
swapping
free -k
swapon --show
ps -C stress -o pid,comm,vsz,rss,min_flt,maj_flt
echo
echo '== It has ended: the others get their pages back, and the pressure goes'
wait $third
vmstat 1 3
sleep 8
cat /proc/pressure/memory
free -k
