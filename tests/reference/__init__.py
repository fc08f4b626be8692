"""Yardsticks: published methods that no night runs, against which ours are measured."""
