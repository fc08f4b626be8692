"""Judged lots as rows of gold."""
