# Where Spark and Airflow find this project; to be sourced from the project's folder: `. docker/environment.sh`.
# Spark, Airflow and SQLAlchemy misread folders named otherwise than plainly: those are reached through a link (jobs/paths.py).
project=$("$PWD/.venv/bin/python" "$PWD/jobs/paths.py" "$PWD")
export PATH="$project/.venv/bin:$PATH" PYTHONPATH="$project${PYTHONPATH:+:$PYTHONPATH}"
export SPARK_CONF_DIR="$project/docker" PYSPARK_PYTHON="$project/.venv/bin/python"
# Java names files in the locale's encoding, which with LC_ALL=C has no Hangul; the language stays for whoever asks for it.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
  *[Uu][Tt][Ff]8 | *[Uu][Tt][Ff]-8) ;;
  *)
    export LC_MESSAGES="${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" LC_CTYPE=C.UTF-8
    unset LC_ALL
    ;;
esac

export AIRFLOW_HOME="$project/.local/airflow" AIRFLOW__CORE__DAGS_FOLDER="$project/dags" AIRFLOW__CORE__LOAD_EXAMPLES=False
# Two tasks at a time: the default starts 32 idle workers. The pages answer this machine only: the default is every one.
export AIRFLOW__CORE__PARALLELISM=2 AIRFLOW__API__HOST=127.0.0.1
# Without this connection the operator would look for a YARN cluster. SPARK_MASTER=spark://host:7077 names a cluster.
export AIRFLOW_CONN_SPARK_DEFAULT="{\"conn_type\": \"spark\", \"host\": \"${SPARK_MASTER:-local[*]}\", \"extra\": {\"deploy-mode\": \"client\"}}"
# Nothing reports to anyone outside.
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False GX_ANALYTICS_ENABLED=false DO_NOT_TRACK=1
