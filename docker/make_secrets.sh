#!/usr/bin/env bash
# Makes the secrets of docker/compose.yml, once, each in a file of its own. What is there stays. The key of the KCS
# statistics API goes into docker/secrets/kcs_key by hand. Only the owner may enter the folder; the files themselves are
# readable, because the services, which get each file alone, run as another user than whoever starts them.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
keep() { if [ -s "secrets/$1" ]; then cat >/dev/null; else cat >"secrets/$1"; fi; }
random() { head -c 32 /dev/urandom | base64 | tr '+/' '-_'; }

random | tr -d '=\n' | keep postgres_password
password=$(cat secrets/postgres_password)
printf 'postgresql+psycopg://customs:%s@postgres/airflow' "$password" | keep airflow_database_url
printf 'postgresql+psycopg://customs:%s@postgres/customs' "$password" | keep customs_database_url
random | tr -d '\n' | keep airflow_fernet_key
random | tr -d '\n' | keep airflow_jwt_secret
random | tr -d '\n' | keep airflow_secret_key
[ -e secrets/kcs_key ] || : >secrets/kcs_key
chmod 444 secrets/*
