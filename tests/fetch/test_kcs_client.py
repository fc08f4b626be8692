"""Politeness: calls keep their distance, pauses grow, and a server's own wish is granted."""

from __future__ import annotations

from tenacity import wait_exponential

from jobs.fetch.kcs_client import KcsClient
from jobs.fetch.kcs_source import SOURCES
from jobs.fetch.month_window import MonthWindow, parse_month
from jobs.fetch.service_key import ServiceKey
from tests.fetch.conftest import KEY

from .kcs_server import answer_with

JANUARY = MonthWindow(parse_month("2024-01"), parse_month("2024-01"))


class Clock:
    """Time that passes only while someone sleeps."""

    def __init__(self) -> None:
        self.now, self.pauses = 0.0, []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def client_of(server, clock, **options) -> KcsClient:
    return KcsClient(ServiceKey(KEY), server.base_url, sleep=clock.sleep, monotonic=lambda: clock.now, **options)


def test_calls_keep_the_shortest_interval(server):
    clock = Clock()
    with client_of(server, clock, min_interval_s=2.0) as client:
        for _ in range(3):
            client.fetch_rows(SOURCES["kcs_trade_country"], "800110", JANUARY)
    assert clock.pauses == [2.0, 2.0]


def test_pauses_grow_and_never_undercut_retry_after(server):
    clock = Clock()
    server.faults = [answer_with("", 503), answer_with("", 503), answer_with("", 503, Retry_After="40")]
    with client_of(server, clock, min_interval_s=0.0, wait=wait_exponential(multiplier=1)) as client:
        client.fetch_rows(SOURCES["kcs_trade_country"], "800110", JANUARY)
    assert clock.pauses == [1.0, 2.0, 40.0]
