"""Clients of public statistics interfaces: each fills a folder of the landing area, nothing else."""
