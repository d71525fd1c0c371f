#!/bin/sh
# sh buy.sh EVENT [PLACES]: books places and waits for the tickets.
set -eu
box_office=${BOXOFFICE_URL:-http://localhost:8000}
who=${BOXOFFICE_TOKEN:+Authorization: Bearer $BOXOFFICE_TOKEN}
user=${BOXOFFICE_TOKEN:+null}
key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

ask() {
  curl -sS --fail-with-body -H "$who" "$@"
}

# --retry repeats what was answered 429 or 503, after Retry-After; with the same key there is one booking at most.
answer=$(ask --retry 10 "$box_office/book" -H 'Content-Type: application/json' -H "Idempotency-Key: $key" \
  -d "{\"event_id\": $1, \"quantity\": ${2:-1}, \"user_id\": ${user:-42}}")
booking=$(echo "$answer" | sed -E 's/^[^0-9]*"id": *([0-9]+).*/\1/')

answer=$(ask "$box_office/booking/$booking")
while echo "$answer" | grep -q '"status": *"PENDING"'; do
  sleep 0.2
  answer=$(ask "$box_office/booking/$booking")
done
echo "$answer"
