# The page cache and writeback: a file is read from the disk once, what is written waits until it is written back.
# machine: small
file_pages() { grep -E '^(MemFree|MemAvailable|Cached|Active\(file\)|Inactive\(file\)|Dirty|Writeback):' /proc/meminfo; }

echo '== 32 MiB are read, and read again: the second time from memory'
dd if=/data/large of=/dev/null bs=1M count=32
dd if=/data/large of=/dev/null bs=1M count=32
file_pages

echo '== A program that maps the file finds its pages there'
scenario -c 'name reader; a = map /data/large 32M readonly; read a; sleep 1h' &
reader=$!
sleep 2
grep -E 'VmSize|RssFile|Anon' /proc/$reader/status
ps -o pid,comm,rss,min_flt,maj_flt -p $reader

echo '== 8 MiB are written: they are dirty, and on no disk yet'
dd if=/dev/zero of=/tmp/new bs=1M count=8
file_pages
echo '== After 30 s they are old: the flusher writes them'
sleep 36
file_pages

echo '== A writer who is faster than the disk is made to wait'
sysctl vm.dirty_background_bytes=4194304 vm.dirty_bytes=16777216
dd if=/dev/zero of=/tmp/big bs=1M count=48 &
writer=$!
vmstat 1 3
wait $writer
grep -E '^nr_(dirt|writ)' /proc/vmstat
sync
file_pages

echo '== Clean pages can be dropped; pages that are mapped or dirty stay'
echo 1 > /proc/sys/vm/drop_caches
file_pages
