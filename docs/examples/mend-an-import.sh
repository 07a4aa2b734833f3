#!/bin/sh
# An import from upload to "all of it is in", with curl alone: upload, poll, read why rows failed, edit one, retry,
# download what is left, cancel. Wants PORTAL (such as http://127.0.0.1:8000) and TOKEN (portal tokens create EMAIL).
set -eu

API="$PORTAL/api/v1/ingest"
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

# A refusal goes to standard error with what the portal says of it, and ends the script.
ask() {
    path=$1
    shift
    curl --silent --show-error --fail-with-body --header "Authorization: Bearer $TOKEN" "$@" "$API$path" > "$folder/answer" || {
        cat "$folder/answer" >&2
        exit 1
    }
    cat "$folder/answer"
}

# The first value of a field in JSON. Where jq is there, take that.
field() {
    sed -n "s/.*\"$1\": *\"\{0,1\}\([^,\"}]*\).*/\1/p" "$folder/answer" | head -n 1
}

wait_for() {
    while :; do
        ask "/$1" > "$folder/run"
        status=$(field status)
        case $status in
            pending | processing | cancelling) sleep 0.2 ;;
            *) break ;;
        esac
    done
    echo "Run $1: $status"
}

cat > "$folder/airlines.csv" <<'CSV'
carrier,name
UA,United Air Lines Inc.
b6,JetBlue Airways
AA,American Airlines Inc.
DL,
CSV

echo "1. Upload. The key makes it safe to send the request again when the connection breaks."
ask /upload/airlines --form "file=@$folder/airlines.csv" --header "Idempotency-Key: airlines-$(date +%s)-$$" > "$folder/run"
run=$(field id)
wait_for "$run"

echo "2. Why rows failed, the most frequent cause first."
ask "/$run/errors/summary"

echo "3. Edit a row: the answer says whether it passes now."
ask "/$run/rows/2" --request PATCH --json '{"data": {"carrier": "B6"}}'

echo "4. Retry that row. A retry is a run of its own."
ask "/$run/retry" --json '{"rows": [2]}' > "$folder/retry"
wait_for "$(field id)"

echo "5. Download what is left, correct it, send it back."
ask "/$run/failed-rows/download" > "$folder/failed.csv"
sed 's/^DL,,/DL,Delta Air Lines Inc.,/' "$folder/failed.csv" > "$folder/corrected.csv"
ask "/$run/correct" --form "file=@$folder/corrected.csv" > "$folder/retry"
wait_for "$(field id)"
ask "/$run" > "$folder/run"
echo "Open failures of run $run: $(field open_failures)"

echo "6. Cancel. What is in stays in; a run that was quicker says so (409)."
awk 'BEGIN { print "carrier,name"; for (i = 0; i < 500000; i++) print "ZZZ,Row " i }' > "$folder/large.csv"
ask /upload/airlines --form "file=@$folder/large.csv" > "$folder/run"
large=$(field id)
curl --silent --header "Authorization: Bearer $TOKEN" --request POST "$API/$large/cancel"
echo
wait_for "$large"
