#!/usr/bin/env bash
# A real SLURM of several nodes on this one machine (its multiple-slurmd mode), for trying the workflow.
#
#   workflow/slurm-trial.sh start [FOLDER]   starts munged, slurmctld and three slurmd
#   workflow/slurm-trial.sh stop [FOLDER]    ends what start has started, and nothing else
#   workflow/slurm-trial.sh try [FOLDER]     the study on one process, then over SLURM with a node taken down and a job
#                                            killed in the middle; compares every result; then stops
#
# FOLDER (default: /tmp/affectlab-slurm) holds configuration, logs, and the stores of the two studies; a link to the
# configuration lies in /etc/slurm from start to stop. As root, and with Debian's packages:
# apt-get install slurmctld slurmd slurm-client munge. Snakemake: workflow/environment.yml.
#
# AFFECTLAB_STUDY names another study, AFFECTLAB_SAMPLE a sample that is there already, AFFECTLAB_PATIENCE the seconds
# that each part may take (3600).
set -euo pipefail

command="${1:-}"
folder="$(realpath -m "${2:-/tmp/affectlab-slurm}")"
checkout="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export SLURM_CONF="$folder/slurm.conf"
export PATH="$checkout/.venv-workflow/bin:$PATH:/usr/sbin:/sbin"
nodes=3
# Seconds that each part of a trial may take; a machine that does other work besides needs them.
patience="${AFFECTLAB_PATIENCE:-3600}"
# Where srun looks inside a job, whose environment Snakemake's executor clears of SLURM's variables.
link=/etc/slurm/slurm.conf

say() { echo "$(date +%T) $*"; }

need() {
  for program in "$@"; do
    command -v "$program" >/dev/null || { echo "There is no $program. The head of $0 says where it comes from." >&2; exit 1; }
  done
}

configure() {
  mkdir -p "$folder"/{state,spool,log,pid}
  rm -f "$folder"/log/*
  local host
  host="$(hostname -s)"
  cat >"$SLURM_CONF" <<CONF
ClusterName=trial
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/pid/slurmctld
SlurmdPidFile=$folder/pid/%n
SlurmctldLogFile=$folder/log/slurmctld
SlurmdLogFile=$folder/log/%n
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
JobRequeue=1
SlurmdTimeout=20
KillWait=30
MinJobAge=3600
NodeName=node[1-$nodes] NodeHostname=$host NodeAddr=127.0.0.1 Port=[26821-$((26820 + nodes))] CPUs=1 RealMemory=8000
PartitionName=trial Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

start() {
  need munged mungekey slurmctld slurmd sinfo
  if [ -e "$link" ] && ! [ -L "$link" ]; then
    echo "$link is there: this machine has a SLURM of its own." >&2
    exit 1
  fi
  configure
  ln -sfn "$SLURM_CONF" "$link"
  [ -f "$folder/munge.key" ] || mungekey --create --keyfile "$folder/munge.key"
  munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --num-threads=2 \
    --pid-file="$folder/pid/munged" --log-file="$folder/log/munged" --seed-file="$folder/munge.seed"
  slurmctld -c
  for node in $(seq "$nodes"); do start_node "node$node"; done
  for _ in $(seq 60); do
    [ "$(sinfo --noheader --states=idle --format=%D 2>/dev/null)" = "$nodes" ] && { sinfo; return; }
    sleep 1
  done
  echo "The nodes do not come up; $folder/log tells why." >&2
  exit 1
}

start_node() {
  mkdir -p "$folder/spool/$1"
  slurmd -N "$1"
}

stop() {
  for name in $(seq -f 'node%g' "$nodes") slurmctld munged; do
    local file="$folder/pid/$name"
    [ -f "$file" ] || continue
    kill "$(cat "$file")" 2>/dev/null || true
    rm -f "$file"
  done
  if [ -L "$link" ]; then rm -f "$link"; fi
}

# The steps of a job on a node: slurmd's own children, and what they have started.
kill_tree() {
  local child
  for child in $(pgrep --parent "$1" || true); do kill_tree "$child"; done
  kill -KILL "$1" 2>/dev/null || true
}

# Whether a process has a variable of that value; not where it is gone meanwhile.
has_variable() { cat "/proc/$1/environ" 2>/dev/null | tr '\0' '\n' | grep -qxF "$2"; }

# Takes a node down with all that runs on it, as a power cut would.
take_down() {
  local step
  for step in $(pgrep -f "slurmstepd: \[.*\]" || true); do
    # A step has the spool folder of its node open, or its node's name in its environment.
    has_variable "$step" "SLURMD_NODENAME=$1" && kill_tree "$step"
  done
  kill -KILL "$(cat "$folder/pid/$1")"
  rm -f "$folder/pid/$1"
}

running_jobs() { squeue --noheader --states=running --format='%i %N' 2>/dev/null; }

# Waits until a training of another job than the given one is in its middle, past its first checkpoint; prints "job node".
await_training() {
  local not="$1" line job until=$((SECONDS + patience))
  while [ "$SECONDS" -lt "$until" ]; do
    while read -r line; do
      job="${line%% *}"
      if [ "$job" != "$not" ] && [ -f "$folder/spread/runs/$(run_of "$job")/last.safetensors" ] &&
        [ -n "$(trainings_of "$job")" ]; then
        echo "$line"
        return
      fi
    done < <(running_jobs)
    sleep 0.2
  done
  echo "No job is training." >&2
  exit 1
}

# The run that a job makes: Snakemake's log of it lies in a folder of that name.
run_of() { scontrol show job "$1" 2>/dev/null | grep -oP 'rule_train/\K[0-9a-f]{16}' | head -n 1; }

# The processes that train in a job: SLURM names it in their environment.
trainings_of() {
  local pid
  for pid in $(pgrep -f '^node .*affectlab.* train ' || true); do
    has_variable "$pid" "SLURM_JOB_ID=$1" && echo "$pid"
  done || true
}

study="${AFFECTLAB_STUDY:-$checkout/workflow/slurm-trial.yaml}"

flow() { # STORE, then options
  local home="$1"
  shift
  (cd "$folder" && AFFECTLAB_HOME="$home" exec timeout "$patience" snakemake --snakefile "$checkout/workflow/Snakefile" \
    --directory "$home" --config "study=$study" "home=$home" "$@")
}

flow_pid=""

# Whatever happened: nothing that was started goes on.
leave() {
  [ -n "$flow_pid" ] && kill "$flow_pid" 2>/dev/null
  for job in $(squeue --noheader --format=%i 2>/dev/null); do scancel --signal=KILL "$job" 2>/dev/null || true; done
  stop
}

try() {
  need snakemake
  trap leave EXIT
  start
  local alone="$folder/alone" spread="$folder/spread" began
  rm -rf "$alone" "$spread"
  mkdir -p "$alone" "$spread"
  for home in "$alone" "$spread"; do
    if [ -n "${AFFECTLAB_SAMPLE:-}" ]; then mkdir -p "$home/corpora" && cp -r "$AFFECTLAB_SAMPLE" "$home/corpora/sample"
    else node "$checkout/bin/affectlab.cjs" --home "$home" corpora make sample >/dev/null 2>&1; fi
  done

  say "on one process"
  began=$SECONDS
  flow "$alone" --cores 1 --workflow-profile "$checkout/workflow/profiles/default" --quiet all >"$folder/log/alone" 2>&1 ||
    { tail -n 30 "$folder/log/alone"; exit 1; }
  say "one process: $((SECONDS - began)) s"

  say "over $nodes nodes"
  began=$SECONDS
  flow "$spread" --workflow-profile "$checkout/workflow/profiles/slurm" --slurm-no-account --slurm-status-command squeue \
    --slurm-init-seconds-before-status-checks 5 --latency-wait 5 --jobs 8 --default-resources slurm_partition=trial \
    >"$folder/log/spread" 2>&1 &
  flow_pid=$!

  local first second node job
  first="$(await_training none)"
  job="${first%% *}" node="${first##* }"
  say "taking $node down, on which job $job trains"
  take_down "$node"
  second="$(await_training "$job")"
  say "killing the training of job ${second%% *} on ${second##* }"
  kill -KILL $(trainings_of "${second%% *}")
  sleep 45 # long enough for the controller to miss the node
  sinfo
  say "starting $node again"
  start_node "$node"
  wait "$flow_pid" || { tail -n 40 "$folder/log/spread"; exit 1; }
  flow_pid=""
  say "$nodes nodes, one of them lost and one training killed: $((SECONDS - began)) s"

  # That both were started again, and not only that everything is there at the end.
  grep -q "requeue job JobId=$job due to failure of node $node" "$folder/log/slurmctld"
  grep -q "Trying to restart job" "$folder/log/spread"
  say "SLURM gave job $job to another node, Snakemake started the killed run of job ${second%% *} again"
  compare "$alone" "$spread"
}

# Every file of every run, seconds and machine aside.
compare() {
  local run name count=0
  cmp "$1/studies"/*/table.csv "$2/studies"/*/table.csv
  for run in "$1"/runs/*/; do
    name="$(basename "$run")"
    for file in spec.json standardisation.json predictions.csv predictions-validation.csv; do
      [ -f "$run$file" ] || continue
      cmp "$run$file" "$2/runs/$name/$file"
    done
    if [ -f "${run}history.csv" ]; then
      cmp <(cut -d, -f1-6 "${run}history.csv") <(cut -d, -f1-6 "$2/runs/$name/history.csv")
    fi
    cmp <(grep -v '"seconds"\|"device"' "${run}metrics.json") <(grep -v '"seconds"\|"device"' "$2/runs/$name/metrics.json")
    count=$((count + 1))
  done
  [ "$count" = "$(find "$2/runs" -mindepth 1 -maxdepth 1 | wc -l)" ]
  say "$count runs, each the same on both sides"
}

case "$command" in
  start | stop | try) "$command" ;;
  *)
    sed -n '2,14s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
