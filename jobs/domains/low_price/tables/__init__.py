"""Assessed lots as rows of gold."""
