# The pool of huge pages: filled in advance, promised when they are mapped, taken when touched; and a surplus on demand.
# machine: small
pool() { grep -E '^(MemFree|HugePages|Hugetlb)' /proc/meminfo; }

echo '== Twenty pages of 2 MiB are set aside'
sysctl vm.nr_hugepages=20
pool
echo
echo '== A program maps eight and touches four: four are promised'
scenario -c 'name user; a = alloc 16M hugetlb; touch a 0-2047; sleep 1h' &
user=$!
sleep 1
pool
grep -E '^(Rss|Private_Hugetlb)' /proc/$user/smaps_rollup
grep HugetlbPages /proc/$user/status
grep -A 16 ' /anon_hugepage' /proc/$user/smaps | grep -E 'hugepage|PageSize'
echo
echo '== No more can be promised than there are'
scenario -c 'a = alloc 40M hugetlb'
echo
echo '== Unless the pool may grow for a while: surplus'
sysctl vm.nr_overcommit_hugepages=16
scenario -c 'name more; a = alloc 40M hugetlb; touch a; sleep 5s' &
more=$!
sleep 2
pool
echo
echo '== The pool is made small: what is in use or promised stays, as surplus'
sysctl vm.nr_hugepages=2
pool
wait $more
echo
echo '== One of the two programs has ended'
pool
echo
echo '== Files of huge pages keep theirs while they are mounted'
sysctl vm.nr_hugepages=10
mkdir /mnt/huge
mount -t hugetlbfs none /mnt/huge
scenario -c 'name filer; a = map /mnt/huge/file 4M shared; touch a'
pool
grep -H '' /sys/kernel/mm/hugepages/hugepages-2048kB/*
umount /mnt/huge
pool
