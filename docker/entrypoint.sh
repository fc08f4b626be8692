#!/usr/bin/env bash
# Starts a service. Secrets arrive as files: /run/secrets/customs_database_url becomes CUSTOMS_DATABASE_URL.
set -euo pipefail
for file in /run/secrets/customs_*; do
  [ -r "$file" ] || continue
  name=$(basename "$file")
  export "${name^^}=$(cat "$file")"
done
exec "$@"
