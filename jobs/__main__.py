"""The command line: `python -m jobs COMMAND`. What its exit codes mean stands in `jobs.commands.exit_codes`."""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import sys

from jobs.commands.exit_codes import MACHINE
from jobs.doctor.memory import RESERVE_BYTES, is_out_of_memory
from jobs.settings import settings

# command -> (module with add_arguments and run, what it does); a module is imported only when its command is called
COMMANDS = {
    "doctor": (
        "jobs.commands.doctor",
        "what this machine lacks, or what of the lake is damaged, and what to do",
    ),
    "contracts": ("jobs.commands.contracts", "check the contracts, or export them as Open Data Contract files"),
    "sample": ("jobs.commands.sample", "make a world of landing files with planted cases"),
    "fetch": ("jobs.commands.fetch", "fetch public statistics into the landing folder"),
    "run": ("jobs.commands.run", "run a night, or a part of it"),
    "withdraw": ("jobs.commands.withdraw", "take a delivery or a record back"),
    "reload": ("jobs.commands.reload", "read a source's deliveries again by the contracts of today"),
    "score": ("jobs.commands.score", "assess a document on the spot, by what the last night stored"),
    "replay": ("jobs.commands.replay", "make an alert again and compare it byte for byte"),
    "backtest": ("jobs.commands.backtest", "how early and how often the detectors were right, against naive rules"),
    "audit": ("jobs.commands.audit", "whether an accuracy measured on a labelled table would be knowledge or memory"),
    "publish": ("jobs.commands.publish", "write a night's brief or export"),
    "summary": ("jobs.commands.summary", "what a night came to"),
}


def is_no_bridge(record: logging.LogRecord) -> bool:
    """Whether a line is none of the bridge to Java, which tells of a lost JVM by the root logger, traceback and all."""
    return "py4j" not in record.pathname


def parse(arguments: list[str]) -> tuple[argparse.Namespace, str]:
    """The arguments of the command that is called; only its module is imported."""
    parser = argparse.ArgumentParser(prog="python -m jobs", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    called = next((word for word in arguments if not word.startswith("-")), None)
    for name, (module, help_text) in COMMANDS.items():
        sub = subparsers.add_parser(name, help=help_text, description=help_text)
        if name == called:
            importlib.import_module(module).add_arguments(sub)
    args = parser.parse_args(arguments)
    return args, COMMANDS[args.command][0]


def known_failure(error: BaseException) -> tuple[int, str] | None:
    """Exit code and sentence of an error that a user or an operator can mend; None where it is a bug."""
    try:
        from jobs.failures import explain, heading

        if known := explain(error):
            return known
        from jobs.doctor.damage import damage_of

        damage = damage_of(settings().lake)
        return (MACHINE, f"{heading('error.lake')}: {damage}") if damage else None
    except BaseException as lacking:  # what knows the errors of every engine needs memory itself
        if not is_out_of_memory(lacking):
            raise
        from jobs.contracts.messages import both

        return MACHINE, both("error.no_memory")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; what a user can mend is said in a sentence, not in a traceback."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    for noisy in ("py4j", "httpx", "great_expectations", "cmdstanpy", "prophet", "DataFrameQueryContextLogger"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    for handler in logging.getLogger().handlers:
        handler.addFilter(is_no_bridge)
    for stream in (sys.stdout, sys.stderr):  # a terminal of another encoding gets escapes where letters are missing
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    args, module = parse(sys.argv[1:] if arguments is None else arguments)
    reserve = bytearray()  # let go when something failed, so that memory is left to say what
    try:
        reserve = bytearray(RESERVE_BYTES)
        settings()
        return int(importlib.import_module(module).run(args))
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # a panic of Rust code is no Exception
        del reserve
        known = known_failure(error)
        if known is None:
            raise
        code, sentence = known
        logging.getLogger("jobs").error("%s", sentence)
        return code


if __name__ == "__main__":
    sys.exit(main())
