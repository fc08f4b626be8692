"""### nightly_risk - from the landing folder to the morning's alerts

**Owner** platform operations. **Night** = the date whose end is the state of knowledge: the parameter `night`
(YYYY-MM-DD, or `last` for the newest known day), else the date that ended before the run, Asia/Seoul.

| task | does | when it fails |
|---|---|---|
| ingest | landing to bronze and silver, quality gate | by its exit code, below |
| detect | findings: signals, vulnerability, histories | rerun; gold is replaced night by night |
| alert | alerts and forecasts | rerun |
| publish | briefs and research export | rerun |

Exit 2: a setting. 3: a contract. 4: the gate stopped; see `ops.quality_result`. 5: another run holds the lake; wait.
6: the machine, or a damaged lake. The log says what to do.

Every task may be run again: a rerun leaves the same tables, as `python -m jobs run PART --night D` does by hand.
"""

import sys
from datetime import timedelta
from itertools import pairwise

import pendulum
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param

from jobs.contracts.assets import written_by
from jobs.settings import ROOT

NIGHT = "{{ params.night or data_interval_end.in_timezone('Asia/Seoul').subtract(hours=12).to_date_string() }}"
PARTS = ("ingest", "detect", "alert")
WORDS = r"^(last|[0-9]{4}-[0-9]{2}-[0-9]{2})?(?![\s\S])"  # nothing behind it, a line's end included

with DAG(
    dag_id="nightly_risk",
    doc_md=__doc__,
    schedule="0 2 * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="Asia/Seoul"),
    catchup=False,
    max_active_runs=1,
    tags=["nightly"],
    params={"night": Param("", type="string", pattern=WORDS, description="YYYY-MM-DD, `last`, or empty: as scheduled")},
    default_args={"owner": "platform", "retries": 2, "retry_delay": timedelta(seconds=10)},
) as dag:
    steps = [
        SparkSubmitOperator(
            task_id=part,
            application=str(ROOT / "jobs" / "__main__.py"),
            application_args=["run", part, "--night", NIGHT],
            name=f"customs-{part}",
            outlets=written_by(part),
        )
        for part in PARTS
    ]
    # The shell is handed values by name: nothing of theirs becomes part of its command.
    command, values = '"$PYTHON" -m jobs publish --night "$NIGHT"', {"PYTHON": sys.executable, "NIGHT": NIGHT}
    steps.append(BashOperator(task_id="publish", bash_command=command, env=values, append_env=True, cwd=str(ROOT)))
    for before, after in pairwise(steps):
        before >> after
