"""Faults of the machine, as the engines really raise them, end in one sentence and exit 6."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from jobs.__main__ import is_no_bridge, main
from jobs.commands import exit_codes
from jobs.contracts.messages import LANGUAGES, both, messages
from jobs.failures import explain
from jobs.lake.delta import Lake
from jobs.settings import ROOT, settings

NAME = "silver.pressure_index_month"
CODES = ("disk_full", "no_memory", "no_permission", "lost_worker", "lake", "database")
FULL = Path("/dev/full")  # a device on which every write ends with ENOSPC


def expect(error: BaseException, code: str) -> None:
    explained = explain(error)
    assert explained is not None
    assert explained[0] == exit_codes.MACHINE
    assert explained[1].startswith(both(code))
    assert "\n" not in explained[1]


def raised(work: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever the engine raises
        work()
    return caught.value


@pytest.fixture
def stored(driver_lake: Lake) -> Lake:
    """A lake with a table of one data file."""
    driver_lake.append_rows(NAME, [{"record_id": "a"}, {"record_id": "b"}])
    return driver_lake


def data_file(lake: Lake) -> Path:
    (path,) = lake.folder(NAME).glob("*.parquet")
    return path


def write_full() -> None:
    with FULL.open("wb", buffering=0) as file:
        file.write(b"x")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
def test_a_full_disk() -> None:
    expect(raised(write_full), "error.disk_full")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
def test_a_full_disk_behind_another_error() -> None:
    def work() -> None:
        try:
            write_full()
        except OSError as error:
            raise RuntimeError("the brief was not written") from error

    expect(raised(work), "error.disk_full")


def test_duckdb_without_memory() -> None:
    def work() -> None:
        with duckdb.connect(config={"memory_limit": "10MB", "max_temp_directory_size": "0KB"}) as connection:
            connection.sql("select list(range order by range) from range(5000000)").fetchall()

    expect(raised(work), "error.no_memory")


def test_python_without_memory() -> None:
    expect(raised(lambda: bytearray(1 << 62)), "error.no_memory")


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("can't start new thread"),
        OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
        ImportError("/x/_duckdb.so: failed to map segment from shared object"),
    ],
)
def test_no_memory_for_a_thread_or_a_library(error: BaseException) -> None:
    expect(error, "error.no_memory")


def test_no_memory_to_load_what_explains(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from jobs.commands import contracts as command

    def fail(*_: object) -> int:
        raise MemoryError

    monkeypatch.setattr(command, "run", fail)
    monkeypatch.setattr("jobs.failures.explain", fail)
    assert main(["contracts", "check"]) == exit_codes.MACHINE
    assert both("error.no_memory") in caplog.text


def test_a_killed_worker() -> None:
    def work() -> None:
        with ProcessPoolExecutor(1) as pool:
            pool.submit(die).result()

    expect(raised(work), "error.lost_worker")


@pytest.mark.parametrize(("module", "is_shown"), [("py4j/java_gateway", False), ("jobs/night/run", True)])
def test_the_bridge_to_java_says_nothing_of_its_own(module: str, is_shown: bool) -> None:
    record = logging.LogRecord("root", logging.ERROR, f"/srv/{module}.py", 1, "Exception while sending", (), None)
    assert is_no_bridge(record) == is_shown


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_no_right_to_write(number: int) -> None:
    expect(OSError(number, os.strerror(number), "/lake"), "error.no_permission")


@pytest.mark.parametrize("content", [b"", b"x" * 5000])
def test_a_data_file_that_is_damaged(content: bytes, stored: Lake) -> None:
    data_file(stored).write_bytes(content)
    expect(raised(lambda: stored.rows(NAME)), "error.lake")
    expect(raised(lambda: duckdb.from_arrow(stored.dataset(NAME)).fetchall()), "error.lake")


@pytest.mark.parametrize("is_damaged", [True, False])
def test_an_error_without_words_is_the_lake_s_where_that_is_damaged(
    is_damaged: bool, stored: Lake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A byte among those that tell Arrow the types: it complains of base64."""
    from jobs.commands import contracts as command

    path, content = data_file(stored), bytearray(data_file(stored).read_bytes())
    content[content.index(b"ARROW:schema") + 40] = 1

    def fail(_: object) -> int:
        if is_damaged:
            path.write_bytes(content)
            stored.rows(NAME)
        raise pa.ArrowInvalid("Invalid base64 input")

    monkeypatch.setenv("CUSTOMS_LAKE", stored.root)
    monkeypatch.setattr(command, "run", fail)
    settings.cache_clear()
    if is_damaged:
        assert main(["contracts", "check"]) == exit_codes.MACHINE
        assert both("error.lake") in caplog.text
        assert path.name in caplog.text
    else:
        with pytest.raises(pa.ArrowInvalid):
            main(["contracts", "check"])
    settings.cache_clear()


def test_a_data_file_that_is_gone(stored: Lake) -> None:
    data_file(stored).unlink()
    expect(raised(lambda: stored.rows(NAME)), "error.lake")
    expect(raised(lambda: duckdb.from_arrow(stored.dataset(NAME)).fetchall()), "error.lake")


def test_a_log_that_is_damaged(stored: Lake) -> None:
    (stored.folder(NAME) / "_delta_log" / f"{1:020}.json").write_text("{", encoding="utf-8")
    expect(raised(lambda: stored.rows(NAME)), "error.lake")


def test_delta_rs_on_a_full_disk(stored: Lake) -> None:
    """A file may not grow: the nearest to a full disk that needs no other file system."""
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from jobs.lake.delta import Lake\n"
        "from jobs.failures import explain\n"
        "lake = Lake(None, sys.argv[1], 'r')\n"
        f"rows = [{{'record_id': str(n)}} for n in range(2000)]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))\n"
        "try:\n"
        f"    lake.append_rows({NAME!r}, rows)\n"
        "except BaseException as error:\n"
        "    print(explain(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, stored.root], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert both("error.disk_full")[:20] in done.stdout, done.stdout + done.stderr[-1000:]


def test_a_bug_stays_a_bug() -> None:
    assert explain(ValueError("No space left on device")) is None
    assert explain(pa.ArrowInvalid("Could not convert 'x' to int64")) is None
    assert explain(AssertionError()) is None


def test_what_is_no_exception_is_said_too(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from jobs.commands import contracts as command

    class PanicException(BaseException):
        """As Rust raises it."""

    def fail(args: object) -> int:
        raise PanicException("No space left on device (os error 28)")

    monkeypatch.setattr(command, "run", fail)
    assert main(["contracts", "check"]) == exit_codes.MACHINE
    assert both("error.disk_full") in caplog.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_has_a_sentence(lang: str) -> None:
    assert {f"error.{code}" for code in CODES} <= set(messages(lang))


@pytest.fixture
def spark_lake(spark: SparkSession, tmp_path: Path) -> Lake:
    lake = Lake(spark, str(tmp_path / "lake"), "run-1")
    lake.append_rows(NAME, [{"record_id": "a"}])
    return lake


def test_spark_meets_a_damaged_file(spark_lake: Lake) -> None:
    data_file(spark_lake).write_bytes(b"x" * 5000)
    expect(raised(spark_lake.read(NAME).collect), "error.lake")
    data_file(spark_lake).unlink()
    expect(raised(lambda: spark_lake.read(NAME).collect()), "error.lake")
    expect(raised(lambda: spark_lake.read_files(NAME).collect()), "error.lake")


def test_java_says_what_it_lacks(spark: SparkSession) -> None:
    jvm = spark._jvm
    for made, code in (
        (jvm.java.io.IOException("No space left on device"), "error.disk_full"),
        (jvm.java.lang.OutOfMemoryError("Java heap space"), "error.no_memory"),
        (jvm.java.nio.file.AccessDeniedException("/lake"), "error.no_permission"),
    ):
        wrapped = jvm.java.lang.RuntimeException("Job aborted", made)
        future = jvm.java.util.concurrent.CompletableFuture()
        future.completeExceptionally(wrapped)
        expect(raised(future.get), code)


def test_a_python_worker_of_spark_is_killed(spark: SparkSession) -> None:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        os.kill(os.getpid(), 9)
        yield from batches

    expect(raised(lambda: spark.range(4).mapInArrow(work, "id long").collect()), "error.lost_worker")


def test_what_forks_the_workers_is_killed(spark: SparkSession) -> None:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        os.kill(os.getppid(), 9)
        os.kill(os.getpid(), 9)
        yield from batches

    expect(raised(lambda: spark.range(4).mapInArrow(work, "id long").collect()), "error.lost_worker")


def test_a_bug_in_a_worker_stays_a_bug(spark: SparkSession) -> None:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        raise ZeroDivisionError
        yield from batches

    assert explain(raised(lambda: spark.range(4).mapInArrow(work, "id long").collect())) is None


KILLED = """
import os
from jobs.failures import explain
from jobs.lake.session import spark_session
spark = spark_session()
os.kill(spark.sparkContext._gateway.proc.pid, 9)
spark.sparkContext._gateway.proc.wait()
try:
    spark.range(3).count()
except BaseException as error:
    print(explain(error))
"""


@pytest.mark.spark
def test_java_is_killed() -> None:
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert both("error.lost_worker")[:20] in done.stdout, done.stdout + done.stderr[-1000:]
