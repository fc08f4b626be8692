"""Accepted lots like a assessed one, and what speaks for the importer."""
