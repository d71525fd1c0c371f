#!/bin/sh
# Says what a long command is for, and every few seconds that it still runs: tools/progress.sh "Installing" npm ci
what=$1
shift
echo "$what …"
(
  seconds=0
  # What outlives this shell by a moment keeps no pipe open.
  while sleep 5 >/dev/null 2>&1; do
    seconds=$((seconds + 5))
    echo "  … $seconds s"
  done
) &
ticker=$!
"$@"
code=$?
kill "$ticker" 2>/dev/null
exit "$code"
