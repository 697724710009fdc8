# The whole story of a machine: boot, load, pressure, kswapd, swap storm, OOM kill, recovery.
# machine: small
act() { echo; echo "=== $*"; echo; }
pressure() { cat /proc/pressure/memory; }
reclaim() { grep -E '^(pgscan_kswapd|pgscan_direct|pgsteal_kswapd|pgsteal_direct|pswpin|pswpout|oom_kill) ' /proc/vmstat; }

act 'Boot. Almost all memory is free, and nobody waits for it.'
uptime
free -k
cat /proc/buddyinfo
pressure

act 'Load. Two services start and a file is read: what is free becomes cache.'
scenario -c 'name database; a = alloc 30M; touch a; repeat forever; read a 0-5119; sleep 1s; end' &
database=$!
scenario -c 'name web; a = alloc 15M; touch a; repeat forever; read a 0-1023; sleep 1s; end' &
web=$!
sleep 2
dd if=/data/large of=/dev/null bs=1M count=40
free -k
ps -o pid,comm,vsz,rss -p $database,$web
reclaim

act 'Pressure. Reading goes on. Below the low watermark kswapd wakes, and drops what was read first; nobody waits.'
dd if=/data/large of=/dev/null bs=1M count=160 &
vmstat 1 3
reclaim
pressure

act 'Swap storm. A job needs more than is left: pages go out, come back, go out again. Now everybody waits.'
scenario -c 'name job; a = alloc 100M; repeat 3; touch a; end' &
job=$!
vmstat 1 7
reclaim
pressure
free -k
swapon --show
ps -o pid,comm,rss,min_flt,maj_flt -p $database,$web,$job
wait $job

act 'OOM kill. A program grows until memory and swap are full. The one with the most is killed.'
scenario -c 'name greedy; repeat forever; a = alloc 8M; touch a; end' &
greedy=$!
sleep 1
echo "oom_score: database $(cat /proc/$database/oom_score), web $(cat /proc/$web/oom_score), greedy $(cat /proc/$greedy/oom_score)"
wait $greedy
dmesg
reclaim
pressure

act 'Recovery. Its memory is back at once, and what was swapped comes back when it is needed. The averages forget.'
free -k
sleep 60
vmstat 1 2
ps -o pid,comm,rss,maj_flt -p $database,$web
pressure
sleep 120
pressure
free -k
