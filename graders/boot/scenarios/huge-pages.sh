# Transparent huge pages: 2 MiB at a fault, split when a part goes, collapsed again on demand or by khugepaged.
# machine: small
thp() { grep AnonHugePages /proc/meminfo; grep -E '^(thp_fault_alloc|thp_split_pmd|thp_deferred_split_page|thp_collapse_alloc|thp_zero_page_alloc) ' /proc/vmstat; }

cat /sys/kernel/mm/transparent_hugepage/enabled
cat > huge.scn <<'END'
#!/bin/scenario
name huge
a = alloc 16M huge
touch a 0
sleep 2s
touch a
sleep 2s
advise a dontneed 0-9
protect a read 1024-1033
sleep 2s
protect a write 1024-1033
touch a
advise a collapse
sleep 1h
END
./huge.scn &
huge=$!
sleep 1
echo '== One byte is written: 2 MiB are there'
thp
sleep 2
echo '== 4096 pages in eight faults'
grep -E 'Rss|AnonHuge' /proc/$huge/smaps_rollup
ps -o pid,comm,rss,min_flt -p $huge
thp
sleep 2
echo '== Ten pages are let go, ten others protected: two mappings of 2 MiB become 512 of 4 KiB'
grep -E 'Rss|AnonHuge' /proc/$huge/smaps_rollup
thp
sleep 2
echo '== All is touched again, and collapsed: MADV_COLLAPSE'
grep -E 'Rss|AnonHuge' /proc/$huge/smaps_rollup
thp
echo
echo '== Small pages, and later the wish for huge ones: khugepaged comes by'
scenario -c 'name late; a = alloc 16M; touch a; sleep 1s; advise a hugepage; sleep 1h' &
late=$!
sleep 2
grep AnonHuge /proc/$late/smaps_rollup
sleep 30
grep AnonHuge /proc/$late/smaps_rollup
grep -H '' /sys/kernel/mm/transparent_hugepage/khugepaged/*s_c*
thp
echo
echo '== To read costs nothing but one huge page of zeroes, whoever reads'
scenario -c 'name reader; a = alloc 16M huge; read a; sleep 1h' &
sleep 1
grep -E 'Rss|AnonHuge' /proc/$!/smaps_rollup
thp
