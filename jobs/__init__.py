"""Batch jobs, statistics and readers of the customs early-warning platform."""
