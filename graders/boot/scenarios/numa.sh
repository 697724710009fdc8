# NUMA: on which node memory lies, and how it moves: policies of a process and of a mapping, counters, zone_reclaim_mode.
# machine: small-numa
where() { awk '/N[01]=/ { for (i = 1; i <= NF; i++) if ($i ~ /^N[01]=/) { split($i, n, "="); pages[n[1]] += n[2] } }
  END { print "  node 0:", pages["N0"] + 0, "pages, node 1:", pages["N1"] + 0 }' /proc/$1/numa_maps; }

numactl -H
echo
echo '== The node of the CPU that asks is asked first'
numactl -N 1 scenario -c 'name local; a = alloc 8M; touch a; sleep 1h' &
sleep 1
where $!
echo '== Bound to node 0 while running on node 1'
numactl -N 1 -m 0 scenario -c 'name bound; a = alloc 8M; touch a; sleep 1h' &
sleep 1
where $!
echo '== Interleaved'
numactl -i all scenario -c 'name spread; a = alloc 8M; touch a; sleep 1h' &
sleep 1
where $!
grep anon=2048 /proc/$!/numa_maps
numastat
echo '== mbind(2): a mapping is bound to the other node, and its pages move'
scenario -c 'name mover; cpu 0; a = alloc 8M; touch a; sleep 2s; bind a bind 1; sleep 1h' &
sleep 1
where $!
sleep 2
where $!
grep bind /proc/$!/numa_maps
grep pgmigrate_success /proc/vmstat
echo
echo '== Node 1 is full: its programs get memory of node 0, and that is counted'
numactl -N 1 scenario -c 'name far; a = alloc 45M; touch a; sleep 1h' &
far=$!
sleep 2
where $far
numastat
kill $far
wait $far
echo '== zone_reclaim_mode: the near node gives up its cache first'
numactl -N 1 dd if=/data/large of=/dev/null bs=1M count=40
sysctl vm.zone_reclaim_mode=1
numactl -N 1 scenario -c 'name near; a = alloc 30M; touch a; sleep 1h' &
sleep 2
where $!
grep zone_reclaim /proc/vmstat
numastat -m 2>/dev/null | grep -E 'Node|Mem|File|Anon'
