#!/bin/sh
# Runs a command and takes it down when the process that started this one is gone, also when that was killed outright:
# then the pipe on standard input closes. The first line written is the command's process id.
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
echo "pid $child"
(
  read -r _ <&3
  kill -KILL $child
) >/dev/null 2>&1 &
guard=$!
wait $child
status=$?
kill $guard 2>/dev/null
exit $status
