"""Seeded generator of raw landing files with planted cases; the truth is written elsewhere.

It knows nothing of the detectors, nor they of it.
"""

from jobs.sample.generation import SampleSummary, generate

__all__ = ["SampleSummary", "generate"]
