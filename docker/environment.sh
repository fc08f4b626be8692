# Where Spark and Airflow find this project; to be sourced from the project's folder: `. docker/environment.sh`.
export PATH="$PWD/.venv/bin:$PATH"
export SPARK_CONF_DIR="$PWD/docker" PYSPARK_PYTHON="$PWD/.venv/bin/python"

export AIRFLOW_HOME="$PWD/.local/airflow" AIRFLOW__CORE__DAGS_FOLDER="$PWD/dags" AIRFLOW__CORE__LOAD_EXAMPLES=False
# Two tasks at a time: the default starts 32 idle workers. The pages answer this machine only: the default is every one.
export AIRFLOW__CORE__PARALLELISM=2 AIRFLOW__API__HOST=127.0.0.1
# Without this connection the operator would look for a YARN cluster. SPARK_MASTER=spark://host:7077 names a cluster.
export AIRFLOW_CONN_SPARK_DEFAULT="{\"conn_type\": \"spark\", \"host\": \"${SPARK_MASTER:-local[*]}\", \"extra\": {\"deploy-mode\": \"client\"}}"
# Nothing reports to anyone outside.
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False GX_ANALYTICS_ENABLED=false DO_NOT_TRACK=1
