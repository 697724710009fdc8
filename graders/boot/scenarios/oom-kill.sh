# The OOM killer: nothing can be reclaimed and nothing swapped, so somebody must end. Who, is a matter of badness.
# machine: tiny
swapoff -a
score() { echo "$(cat /proc/$1/comm): oom_score $(cat /proc/$1/oom_score), oom_score_adj $(cat /proc/$1/oom_score_adj)"; }

scenario -c 'name database; a = alloc 20M; touch a; sleep 1h' &
database=$!
scenario -c 'name cache; a = alloc 16M; touch a; sleep 1h' &
cache=$!
sleep 1
echo '== The larger one has the higher score'
score $database
score $cache
echo
echo '== The database is to be spared, the cache to go first'
echo -500 > /proc/$database/oom_score_adj
echo 300 > /proc/$cache/oom_score_adj
score $database
score $cache
echo
echo '== A program takes all there is: the cache is killed'
scenario -c 'name greedy; a = alloc 32M; touch a; sleep 1h' &
greedy=$!
sleep 2
dmesg
ps -o pid,comm,rss -p $database,$cache,$greedy
grep oom_kill /proc/vmstat
echo
echo '== With oom_kill_allocating_task whoever asks is killed, whatever the scores say'
sysctl vm.oom_kill_allocating_task=1
echo 1000 > /proc/$database/oom_score_adj
scenario -c 'name innocent; a = alloc 32M; touch a; sleep 1h'
dmesg | tail -n 1
echo
echo '== Without promises that cannot be kept nobody is killed: the program is told'
sysctl vm.overcommit_memory=2 vm.overcommit_ratio=100
scenario -c 'name honest; a = alloc 32M'
grep -E '^Commit' /proc/meminfo
grep oom_kill /proc/vmstat
