#!/usr/bin/env bash
# A search whose trials several machines share over PostgreSQL, tried on this one machine: two workers with a hostname and
# a store of their own each, one of which is killed in the middle of a trial and never comes back.
#
#   workflow/postgres-trial.sh [FOLDER]
#
# FOLDER (default: /tmp/affectlab-postgres) holds the database, the stores and the logs. As root, and with Debian's
# package postgresql, whose user runs the database; it listens on 127.0.0.1 alone, asks for a password, and is stopped at
# the end. The set-up of the laboratory has run (npm start).
set -euo pipefail

folder="$(realpath -m "${1:-/tmp/affectlab-postgres}")"
checkout="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
port="${AFFECTLAB_POSTGRES_PORT:-26832}"
trials=8
# Seconds that the whole may take; two minutes of it are the silence after which a machine loses its trial.
patience="${AFFECTLAB_PATIENCE:-1800}"
for bin in /usr/lib/postgresql/*/bin; do PATH="$bin:$PATH"; done
command -v initdb >/dev/null || { echo "There is no PostgreSQL: apt-get install postgresql." >&2; exit 1; }

say() { echo "$(date +%T) $*"; }
database() { (cd "$folder" && exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@"); }

# A process and all that it has started.
tree() { echo "$1"; for child in $(pgrep --parent "$1" || true); do tree "$child"; done; }

# Ends all of them at once, as a power cut would: Optuna's process must not see the other one go.
cut_power() {
  local all
  all="$(tree "$1")"
  kill -STOP $all 2>/dev/null || true
  kill -KILL $all 2>/dev/null || true
}

workers=()
leave() {
  for worker in "${workers[@]}"; do cut_power "$worker"; done
  database pg_ctl --pgdata="$folder/data" --mode=fast --silent stop 2>/dev/null || true
}

rm -rf "$folder"
mkdir -p "$folder/log"
password="$(head -c 18 /dev/urandom | base64 | tr '+/' '-_')"
install -d -o postgres -m 700 "$folder/data"
install -o postgres -m 600 /dev/stdin "$folder/password" <<<"$password"
trap leave EXIT
database initdb --pgdata="$folder/data" --auth=scram-sha-256 --pwfile="$folder/password" >"$folder/log/initdb"
install -o postgres -m 600 /dev/null "$folder/log/postgres"
database pg_ctl --pgdata="$folder/data" --log="$folder/log/postgres" --wait --silent \
  --options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=" start
storage="postgresql://postgres:$password@127.0.0.1:$port/postgres"

for home in one two; do
  mkdir -p "$folder/$home/corpora"
  if [ -n "${AFFECTLAB_SAMPLE:-}" ]; then cp -r "$AFFECTLAB_SAMPLE" "$folder/$home/corpora/sample"
  else node "$checkout/bin/affectlab.cjs" --home "$folder/$home" corpora make sample >/dev/null 2>&1; fi
done

# A worker on a machine of its own: another hostname, another store.
work() { # HOME
  unshare --uts bash -c 'hostname "$0" && exec "$@"' "machine-$1" \
    node "$checkout/bin/affectlab.cjs" --home "$folder/$1" --profile sample search resnet --protocol combined \
    --set "options.channels=[4,8]" --set "options.blocks=[1,2]" --set features.bands=24 --set training.frames=32 \
    --epochs 3 --trials "$trials" --storage "$storage" --json >"$folder/log/$1.json" 2>"$folder/log/$1" &
  workers+=("$!")
}

has_begun_trial() { compgen -G "$folder/$1/runs/*/last.safetensors" >/dev/null; }

# Waits for a worker; ends the trial where it fails or takes too long.
await() {
  while kill -0 "$1" 2>/dev/null; do
    [ "$SECONDS" -lt "$until" ] || { echo "The first machine does not end." >&2; tail "$folder/log/one" >&2; exit 1; }
    sleep 1
  done
  wait "$1" || { tail "$folder/log/one" >&2; exit 1; }
}

# What the study holds, as the first machine told it at its end: numbers without gaps or doubles.
count_trials() {
  node - "$folder/log/one.json" <<'JS'
const { trials } = JSON.parse(require("node:fs").readFileSync(process.argv[2], "utf8"));
if (trials.some(({ number }, i) => number !== i + 1)) throw new Error(JSON.stringify(trials));
const open = trials.filter(({ state }) => state !== "complete" && state !== "pruned").length;
console.log(`${trials.length} trials, ${open} of them not ended`);
JS
}

say "two machines share $trials trials"
work one
one="$!"
work two
until=$((SECONDS + patience))
until has_begun_trial two; do
  [ "$SECONDS" -lt "$until" ] || { echo "No trial began." >&2; tail "$folder/log/two" >&2; exit 1; }
  sleep 0.2
done
say "killing the second machine in the middle of a trial"
cut_power "${workers[1]}"
wait "${workers[1]}" 2>/dev/null || true
killed=$SECONDS
await "$one"
say "the first machine has ended $((SECONDS - killed)) s later: $(count_trials)"
# What the lost machine had is given to whoever asks after two minutes of silence; here the same command, started again.
if [ "$((SECONDS - killed))" -lt 130 ]; then sleep "$((130 - SECONDS + killed))"; fi
work one
await "$!"
say "and, started again after two minutes of silence: $(count_trials)"
[ "$(count_trials)" = "$trials trials, 0 of them not ended" ]
ls "$folder/one/runs" | sort >"$folder/log/runs-one"
ls "$folder/two/runs" | sort >"$folder/log/runs-two"
say "runs of the first machine: $(wc -l <"$folder/log/runs-one"), of the second: $(wc -l <"$folder/log/runs-two"), of both: $(comm -12 "$folder/log/runs-one" "$folder/log/runs-two" | wc -l) (the trial that changed machines)"
