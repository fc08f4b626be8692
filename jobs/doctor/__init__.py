"""`python -m jobs doctor`: can this machine run the night, and if not, which command mends it."""

from jobs.doctor.command import add_arguments, run

__all__ = ["add_arguments", "run"]
