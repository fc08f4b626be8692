"""Accepted lots like an assessed one, and what speaks for the importer."""
