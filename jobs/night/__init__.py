"""The night: ingest, detect, alert, publish, and an alert of it made again."""
