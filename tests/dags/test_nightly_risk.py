"""The night's parameter: what is no night is refused by the parameter, and nothing of it becomes part of a command."""

from __future__ import annotations

import importlib
import re
import subprocess
from datetime import date
from typing import Any

import pendulum
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

pytestmark = pytest.mark.airflow
HOSTILE = [
    "2024-04-30; touch reached",
    "$(touch reached)",
    "`touch reached`",
    "' || touch reached || '",
    '" ; touch reached ; "',
    "2024-04-30\ntouch reached",
    "2024-04-30\n",
    "last\n",
    "\n",
    "--night",
    "{{ 1 + 1 }}",
    "２０２４-04-30",
    "2024-04-30 ",
]
NIGHT = re.compile(r"(?:last|[0-9]{4}-[0-9]{2}-[0-9]{2})?")
PARTS = ("ingest", "detect", "alert")


@pytest.fixture(scope="module")
def dag(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The DAG as Airflow loads it, with an Airflow home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
        patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        return importlib.import_module("dags.nightly_risk").dag


def rendered(dag: Any, task_id: str, night: str) -> Any:
    """A task whose templates are filled in."""
    task = dag.get_task(task_id).prepare_for_execution()
    end = pendulum.datetime(2024, 5, 1, 2, tz="Asia/Seoul")
    task.render_template_fields({"params": {"night": night}, "data_interval_end": end})
    return task


def params(dag: Any, night: object) -> dict[str, Any]:
    """The parameters of a run that was asked for with this night, as a task gets them."""
    from airflow.sdk.definitions.param import process_params

    return process_params(dag, dag.get_task("publish"), {"night": night}, suppress_exception=False)


@pytest.mark.parametrize("night", [*HOSTILE, None, 20240430, ["last"]])
def test_what_is_no_night_is_refused(dag: Any, night: object) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        params(dag, night)


@pytest.mark.parametrize("night", ["", "last", "2024-04-30"])
def test_a_night_is_taken(dag: Any, night: str) -> None:
    assert params(dag, night) == {"night": night}


@hypothesis_settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(night=st.text(max_size=12) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.?", fullmatch=True))
@example(night="last ")
def test_the_pattern_takes_nights_and_nothing_else(dag: Any, night: str) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    if NIGHT.fullmatch(night):
        assert params(dag, night) == {"night": night}
    else:
        with pytest.raises(ParamValidationError):
            params(dag, night)


@pytest.mark.parametrize("night", HOSTILE)
def test_no_text_of_a_parameter_is_in_what_a_shell_reads(dag: Any, night: str) -> None:
    """Even where the parameter let it pass."""
    publish = rendered(dag, "publish", night)
    assert publish.bash_command == dag.get_task("publish").bash_command
    assert publish.env["NIGHT"].rstrip("\n") == night.rstrip("\n")
    for part in PARTS:
        assert rendered(dag, part, night).application_args[:3] == ["run", part, "--night"]
        assert len(rendered(dag, part, night).application_args) == 4


@pytest.mark.parametrize("night", HOSTILE)
def test_the_shell_hands_a_parameter_on_as_one_argument(dag: Any, night: str, tmp_path: Any) -> None:
    program = tmp_path / "my python #1"
    program.write_text('#!/bin/sh\nprintf "%s|" "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    command = dag.get_task("publish").bash_command
    environment = {"PATH": "/usr/bin:/bin", "PYTHON": str(program), "NIGHT": night}
    done = subprocess.run(
        ["bash", "-c", command], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"-m|jobs|publish|--night|{night}|"
    assert [path.name for path in tmp_path.iterdir()] == [program.name]


def test_the_scheduled_night_is_the_day_before_in_seoul(dag: Any) -> None:
    assert rendered(dag, "publish", "").env["NIGHT"] == date(2024, 4, 30).isoformat()
    assert rendered(dag, "ingest", "last").application_args == ["run", "ingest", "--night", "last"]


def test_no_task_pastes_a_template_into_a_command(dag: Any) -> None:
    assert not [task.task_id for task in dag.tasks if "{" in getattr(task, "bash_command", "")]
