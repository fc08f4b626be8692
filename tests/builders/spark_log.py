"""What Spark's compiler says of the code it generates, written to a file beside the tests."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import SparkSession

COMPILERS = (
    "org.apache.spark.sql.execution.WholeStageCodegenExec",
    "org.apache.spark.sql.catalyst.expressions.codegen.CodeGenerator",
)
# Of a stage at each run, of a method once, when it is first compiled; of one over 65,535 bytes the error (Spark 4.1).
TOO_LONG = (
    "Found too long generated codes",
    "Generated method too long to be JIT compiled",
    "Failed to compile the generated Java code",
)


def follow_compiler(spark: SparkSession, target: Path) -> None:
    """Write what the compiler says at INFO from now on to a file, and nowhere else."""
    log4j = spark._jvm.org.apache.logging.log4j
    info = log4j.Level.INFO
    layout = log4j.core.layout.PatternLayout.newBuilder().withPattern("%m%n").build()
    appender = log4j.core.appender.FileAppender.newBuilder().withFileName(str(target)).setName("compiler")
    appender = appender.setLayout(layout).build()
    appender.start()
    context = log4j.LogManager.getContext(False)
    for name in COMPILERS:
        logger = log4j.core.config.LoggerConfig(name, info, False)
        logger.addAppender(appender, info, None)
        context.getConfiguration().addLogger(name, logger)
    context.updateLoggers()


def too_long(log: Path) -> list[str]:
    """Lines on code that Java's own compiler leaves to its interpreter."""
    return [line for line in log.read_text().splitlines() if any(words in line for words in TOO_LONG)]
