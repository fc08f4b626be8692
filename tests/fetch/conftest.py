"""A running server, and the `fetch` command run against it without real pauses."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from tenacity import wait_none

from jobs.commands.fetch import add_arguments, run
from jobs.fetch.kcs_client import KcsClient

from .kcs_server import KcsServer, running

KEY = "aB3+/secret/Key=="
"""Looks like a portal key: base64, with each character that escaping changes."""

SPAN = ("--from", "2023-01", "--to", "2024-03")


@pytest.fixture
def server() -> Iterator[KcsServer]:
    with running(KcsServer(KEY)) as ready:
        yield ready


@pytest.fixture
def fetch(server: KcsServer, tmp_path: Path) -> Callable[..., int]:
    """Runs the command line given, on 2024-05-20 unless told otherwise, and returns its exit code."""

    def call(
        *words: str,
        on: str = "2024-05-20",
        key: str | None = KEY,
        environment: dict[str, str] | None = None,
        open_client: Callable = KcsClient,
    ) -> int:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        args = parser.parse_args([*words, "--landing", str(tmp_path / "landing"), "--base-url", server.base_url])
        quick = partial(open_client, wait=wait_none(), attempts=4, min_interval_s=0.0, timeout_s=0.2)
        known = {} if key is None else {"CUSTOMS_KCS_KEY": key}
        now = datetime.fromisoformat(f"{on}T03:00:00").replace(tzinfo=UTC)
        return run(args, known | (environment or {}), open_client=quick, now=lambda: now)

    return call


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"
