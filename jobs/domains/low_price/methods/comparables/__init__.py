"""Accepted lots like a judged one, and what speaks for the importer."""
