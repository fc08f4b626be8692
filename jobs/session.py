"""The one Spark session of a process. Options live in docker/spark-defaults.conf, found through SPARK_CONF_DIR."""

from __future__ import annotations

import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor

from pyspark.sql import SparkSession

from jobs.settings import ROOT, settings


def spark_session() -> SparkSession:
    """The session of this process, started when there is none."""
    os.environ.setdefault("SPARK_CONF_DIR", str(ROOT / "docker"))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # or workers find no module of ours
    builder = SparkSession.builder.appName("customs")
    if "SPARK_ENV_LOADED" not in os.environ:  # spark-submit names the master itself
        builder = builder.master(settings().spark_master)
    return builder.getOrCreate()


def begin_session() -> Future[SparkSession]:
    """Start the session beside whatever the caller does next; `spark_session` waits for it, and meets its errors.

    The JVM takes seconds to start, and so does the import of the statistics: neither has to wait for the other.
    """
    return ThreadPoolExecutor(1, "session").submit(spark_session)
