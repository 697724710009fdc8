# Memory pressure: kswapd wakes below the low watermark and frees pages until the high one, before anybody has to wait.
# machine: small
watermarks() {
  awk '/^Node/ { zone = $4 } / pages free/ { free = $3 } / (min|low|high) / { mark[$1] = $2 }
    / managed / { if ($2 > 0) print zone ": free", free, " min", mark["min"], " low", mark["low"], " high", mark["high"] }' /proc/zoneinfo
}
reclaim() { grep -E '^(pageoutrun|pgscan|pgsteal|pswpout|allocstall_movable)' /proc/vmstat | grep -vE 'khugepaged|proactive'; }

echo '== The watermarks of a machine that has just booted, in pages'
watermarks
echo
echo '== A program takes 50 MiB; then a file is read that is larger than what is left'
scenario -c 'name worker; a = alloc 50M; touch a; sleep 1h' &
sleep 1
dd if=/data/large of=/dev/null bs=1M count=160 &
sar -B 1 3
echo
echo '== kswapd has made room, from clean pages of the file; nobody had to do it for himself'
watermarks
reclaim
echo
echo '== More anonymous memory than is left: kswapd writes to swap'
scenario -c 'name second; repeat 38; a = alloc 2M; touch a; sleep 50ms; end; sleep 1h' &
vmstat 1 4
watermarks
reclaim
grep -E '^(Active|Inactive|Swap)' /proc/meminfo
