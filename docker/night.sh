#!/usr/bin/env bash
# One night through Airflow, from the landing folder to the summary. From the environment:
# LANDING  folder of delivered files; without it a world is made once, in .local/landing
# NIGHT    YYYY-MM-DD; without it the last day known in the landing folder
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/environment.sh
say() { printf '%s\n' "$*" >&2; }
mkdir -p .local/logs

landing=${LANDING:-${CUSTOMS_LANDING:-}}
if [ -z "$landing" ]; then
  landing=.local/landing
  if ! [ -e "$landing" ]; then
    say "No LANDING given: making a world to try the platform on. / LANDING이 없어 시험용 자료를 만듭니다."
    rm -rf "$landing.part"
    python -m jobs sample --out "$landing.part" --truth .local/truth --seed 1 --size small
    mv "$landing.part" "$landing"
  fi
fi
[ -d "$landing" ] || { say "The landing folder $landing does not exist. / 반입 폴더가 없습니다."; exit 2; }
CUSTOMS_LANDING=$(realpath -- "$landing")
export CUSTOMS_LANDING

night=${NIGHT:-last}
if [ "$night" != last ] && ! { [[ "$night" =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] && date -d "$night" +%F >/dev/null 2>&1; }; then
  say "NIGHT=$night is no date: write it as 2024-04-30. / 날짜가 아닙니다."
  exit 2
fi

version=$(grep -x 'apache-airflow==.*' docker/constraints.txt)
if [ "$(cat "$AIRFLOW_HOME/migrated" 2>/dev/null)" != "$version" ]; then
  say "Preparing Airflow's own database, once."
  airflow db migrate >.local/logs/airflow-migrate.log 2>&1 || { tail -n 20 .local/logs/airflow-migrate.log >&2; exit 1; }
  echo "$version" >"$AIRFLOW_HOME/migrated"
fi

# Airflow says much; the whole of it goes to the log, the tasks' names and what our programs say to the terminal.
log=.local/logs/night-$(date +%Y%m%dT%H%M%S).log
say "The night ($night) runs; everything it says stands in $log"
shown='/loc=spark_submit/ s/.*\] \([A-Za-z_.]*\(Error\|Exception\|Stopped\|Locked\): .*[^ ]\)  *\[airflow\.task\.hooks.*/   \1/p
s/.*\[DAG TEST\] starting task_id=\([a-z_]*\).*/-- \1/p
s/.*\] \([0-9][0-9]:[0-9][0-9]:[0-9][0-9] .*[^ ]\)  *\[airflow\.task\.hooks.*/   \1/p'
if ! airflow dags test nightly_risk --conf "{\"night\": \"$night\"}" 2>&1 | tee "$log" | sed -un "$shown" >&2; then
  say "The night failed. What its tasks said is above, all of it in $log; what to do stands in dags/nightly_risk.py."
  say "야간 작업이 실패했습니다. 전체 기록은 $log, 조치 방법은 dags/nightly_risk.py에 있습니다."
  exit 1
fi
if [ "$night" = last ]; then python -m jobs summary; else python -m jobs summary --night "$night"; fi
