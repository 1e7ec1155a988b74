#!/bin/sh
# guarded.sh END COMMAND…: runs a command, and END when the process that started this one is gone, also when that was killed
# outright: then the pipe on standard input closes. In END $child is the command's process id, which is also the first line
# that is written.
exec 3<&0
end=$1
shift
"$@" </dev/null 3<&- &
child=$!
echo "pid $child"
(
  read -r _ <&3
  eval "$end"
) >/dev/null 2>&1 &
guard=$!
wait $child
status=$?
kill $guard 2>/dev/null
exit $status
