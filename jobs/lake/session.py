"""The one Spark session of a process. Options live in docker/spark-defaults.conf, found through SPARK_CONF_DIR."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyspark
from pyspark.sql import SparkSession

from jobs.paths import plain_executable, plain_path
from jobs.settings import ROOT, settings

# Spark reads the lots of a large night, 600,000 in 63 to 89 instead of 74 to 129 s with the second compiler tier; a
# night of some thousand records would start six seconds later. Loads are DuckDB's.
MUCH_DELIVERED = 64 << 20


def spark_session() -> SparkSession:
    """The session of this process, started when there is none."""
    os.environ.update(spark_environment(os.environ))
    builder = SparkSession.builder.appName("customs")
    if "SPARK_ENV_LOADED" not in os.environ:  # spark-submit names the master and its options itself
        builder = builder.master(settings().spark_master)
        if delivered_bytes(settings().landing) > MUCH_DELIVERED:
            builder = builder.config("spark.driver.extraJavaOptions", "-XX:+TieredCompilation")
    return builder.getOrCreate()


def spark_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables for Spark where they are not set: plain paths, and an encoding that can name every file."""
    wanted = {
        "SPARK_CONF_DIR": plain_path(ROOT / "docker"),
        "SPARK_HOME": plain_path(Path(pyspark.__file__).parent),
        "PYSPARK_PYTHON": plain_executable(),  # or workers find no module of ours
    }
    result = {name: value for name, value in wanted.items() if name not in environment}
    locale = {name: environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG")}
    encoding = locale["LC_ALL"] or locale["LC_CTYPE"] or locale["LANG"]
    if not re.search("utf-?8", encoding, re.IGNORECASE):
        # Java names files in the locale's encoding. The language stays what it was for whoever asks for it.
        language = locale["LC_ALL"] or locale["LC_MESSAGES"] or locale["LANG"]
        result |= {"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LC_MESSAGES": language}
    return result


def delivered_bytes(landing: Path) -> int:
    """Size of all that lies in the landing folder."""
    return sum(file.stat().st_size for file in landing.glob("*/*") if file.is_file())


def begin_session() -> Future[SparkSession]:
    """Start the session beside whatever the caller does next; `spark_session` waits for it, and meets its errors.

    The JVM takes seconds to start, and so does the import of the statistics: neither has to wait for the other.
    """
    return ThreadPoolExecutor(1, "session").submit(spark_session)
