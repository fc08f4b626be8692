"""Estimates that a few odd values cannot move."""
