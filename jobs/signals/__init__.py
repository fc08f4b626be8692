"""Detectors: facts in, findings out. One package a question, one module a step."""
