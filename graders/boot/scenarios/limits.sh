# What a program may have: locked memory, limits of a process, promises of the whole machine.
# machine: small
locked() { grep -E '^(Unevictable|Mlocked)' /proc/meminfo; }
promises() { grep -E '^Commit' /proc/meminfo; }

echo '== Locked memory stays where it is, whatever others want'
scenario -c 'name locker; a = alloc 8M; touch a; lock a; sleep 1h' &
locker=$!
scenario -c 'name plain; a = alloc 8M; touch a; sleep 1h' &
plain=$!
sleep 1
locked
scenario -c 'name large; a = alloc 108M; repeat 4; touch a; sleep 500ms; end; sleep 5s' &
large=$!
sleep 4
for pid in $locker $plain; do grep -hE 'Name|VmLck|VmRSS|VmSwap' /proc/$pid/status; done
locked
wait $large
echo
echo '== RLIMIT_AS: an address space of at most 16 MiB'
scenario -c 'limit as 16M; a = alloc 8M; b = alloc 16M'
ulimit -a | grep -E 'locked|stack|virtual'
echo
echo '== Promises. As the kernel guesses: what could never be is refused'
promises
scenario -c 'a = alloc 900M'
echo '== Always'
sysctl vm.overcommit_memory=1
scenario -c 'name dreamer; a = alloc 900M; sleep 5s' &
dreamer=$!
sleep 1
promises
wait $dreamer
echo '== Never more than there is: swap, and so much of memory'
sysctl vm.overcommit_memory=2 vm.overcommit_ratio=50
promises
scenario -c 'a = alloc 190M'
scenario -c 'a = alloc 150M; say 150 MiB can be had'
