# Memory that grows: a program that leaks, and caches of the kernel that only look as if they did.
# machine: small
slab() { grep -E '^(MemAvailable|Slab|SReclaimable|SUnreclaim)' /proc/meminfo; slabtop -o -s c | grep -E 'OBJS|ext4_inode|dentry'; }

cat > leak.scn <<'END'
#!/bin/scenario
name leaky
repeat 20
  p = malloc 256K
  touch p
  forget p
  sleep 1s
end
END
echo '== A program grows, second by second'
./leak.scn &
leaky=$!
for i in 1 2 3; do
  sleep 5
  ps -o comm,vsz,rss --no-headers -p $leaky
done
wait $leaky
echo
echo '== valgrind knows where it comes from'
valgrind --leak-check=full ./leak.scn 2>&1 | grep -vE 'rerun|suppressed: 0 bytes'
echo
echo '== The kernel grows, too: it remembers names and files'
slab
mkdir /data/many
for i in {1..300}; do echo $i > /data/many/$i; done
slab
echo
echo '== But these are caches, and give way: names, and files without pages'
sync
echo 2 > /proc/sys/vm/drop_caches
slab
echo '== ... and those whose pages go, too'
echo 3 > /proc/sys/vm/drop_caches
slab
free -k

echo '== What was written lately is not lost: it is read from the disk again'
cat /data/many/7
./leak.scn &
sleep 10
