"""The one Spark session of a process. Options live in docker/spark-defaults.conf, found through SPARK_CONF_DIR."""

from __future__ import annotations

import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from pyspark.sql import SparkSession

from jobs.settings import ROOT, settings

# A million lines of declarations (300 MB) reach silver in 140 instead of 240 s with the second compiler tier; a night
# of some thousand records would start six seconds later.
MUCH_DELIVERED = 64 << 20


def spark_session() -> SparkSession:
    """The session of this process, started when there is none."""
    os.environ.setdefault("SPARK_CONF_DIR", str(ROOT / "docker"))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # or workers find no module of ours
    builder = SparkSession.builder.appName("customs")
    if "SPARK_ENV_LOADED" not in os.environ:  # spark-submit names the master and its options itself
        builder = builder.master(settings().spark_master)
        if delivered_bytes(settings().landing) > MUCH_DELIVERED:
            builder = builder.config("spark.driver.extraJavaOptions", "-XX:+TieredCompilation")
    return builder.getOrCreate()


def delivered_bytes(landing: Path) -> int:
    """Size of all that lies in the landing folder."""
    return sum(file.stat().st_size for file in landing.glob("*/*") if file.is_file())


def begin_session() -> Future[SparkSession]:
    """Start the session beside whatever the caller does next; `spark_session` waits for it, and meets its errors.

    The JVM takes seconds to start, and so does the import of the statistics: neither has to wait for the other.
    """
    return ThreadPoolExecutor(1, "session").submit(spark_session)
