"""Generated worlds and real price paths as lots, rankings, scores, rows and tables."""
