#!/usr/bin/env bash
# Brings what the platform needs: `docker/setup.sh run` for the night and the pages, `docker/setup.sh test` for the tests
# too. What is there already is left alone, so a second call takes a moment.
set -euo pipefail
cd "$(dirname "$0")/.."
group=${1:-run}
say() { printf 'set-up: %s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }

python=$(command -v python3.11) || stop "Python 3.11 is needed and not on the path. Debian 12: apt-get install -y python3.11" \
  "/ Python 3.11이 없습니다. Debian 12: apt-get install -y python3.11"

# -- one set-up at a time: a second one waits for the first
mkdir -p .local
exec 9>.local/setup.lock
flock 9

# -- system packages, asked of the machine and not of dpkg: a Java from elsewhere is as good
install_packages() {
  local missing
  missing=$("$python" jobs/doctor/system.py "$group")
  [ -n "$missing" ] || return 0
  local line="apt-get install -y --no-install-recommends $missing"
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    stop "these are missing: $missing. Run this, then again: sudo $line / 위 명령으로 설치한 뒤 다시 실행하십시오."
  fi
  say "installing system packages: $missing"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >.local/apt.log 2>&1 ||
    { tail -n 5 .local/apt.log >&2; stop "apt-get failed (.local/apt.log). Run it by hand, then again: $line"; }
  missing=$("$python" jobs/doctor/system.py "$group")
  [ -z "$missing" ] || stop "still not found after installing: $missing"
}

# -- a part is done again when one of the files it depends on has changed: `fresh NAME FILE...`, then `done_with NAME FILE...`
stamps=.venv/.stamps
key() { cat "$@" | sha256sum | cut -d' ' -f1; }
fresh() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$(key "${@:2}")" ]; }
done_with() { mkdir -p "$stamps" && key "${@:2}" >"$stamps/$1"; }

install_packages

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
  say "making .venv with $("$python" --version)"
  rm -rf .venv
  "$python" -m venv .venv || stop "no virtual environment could be made: apt-get install -y python3.11-venv"
fi

locked=(requirements.txt docker/constraints.txt)
if ! fresh packages "${locked[@]}"; then
  say "installing the Python packages of docker/constraints.txt (one to three minutes the first time)"
  .venv/bin/python -m pip install -q --disable-pip-version-check -c docker/constraints.txt uv
  .venv/bin/uv pip install -q --python .venv/bin/python --build-constraints docker/constraints.txt -r requirements.txt
  done_with packages "${locked[@]}"
fi
if ! fresh project pyproject.toml; then
  .venv/bin/uv pip install -q --python .venv/bin/python --build-constraints docker/constraints.txt --no-deps -e .
  done_with project pyproject.toml
fi
brought=(docker/pom.xml docker/fetch_jars.py "$stamps/packages")
if ! fresh jars "${brought[@]}"; then
  say "bringing the jars of docker/pom.xml"
  .venv/bin/python docker/fetch_jars.py
  done_with jars "${brought[@]}"
fi
