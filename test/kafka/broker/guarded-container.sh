#!/bin/sh
# Runs a container by its name and the arguments of docker, and removes it when the process that started this one is gone,
# also when that was killed outright: then the pipe on standard input closes.
exec 3<&0
name=$1
shift
docker "$@" </dev/null 3<&- &
client=$!
(
  read -r _ <&3
  docker rm --force "$name"
) >/dev/null 2>&1 &
guard=$!
wait $client
status=$?
kill $guard 2>/dev/null
exit $status
