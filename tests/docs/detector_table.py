"""The tables of detectors in README, generated from the register: `python -m tests.docs.detector_table` writes them."""

from __future__ import annotations

import re
from pathlib import Path

from jobs.contracts import register

README = Path(__file__).parents[2] / "README.md"
MARKED = re.compile(r"(<!-- detectors:(\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def detector_table(domain: str) -> str:
    """Markdown rows of one domain: id, title in both languages, family, source."""
    rows = [
        f"| {each.id} | {each.title.en} · {each.title.ko} | {each.family} | {each.source} |"
        for each in register.detectors(domain).values()
    ]
    return "\n".join(["| id | says | family | rests on |", "|---|---|---|---|", *rows, ""])


def with_tables(text: str) -> str:
    """The text with every marked table as the register has it."""
    return MARKED.sub(lambda mark: mark[1] + detector_table(mark[2]) + mark[3], text)


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
