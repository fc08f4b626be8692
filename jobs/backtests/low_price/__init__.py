"""Parts of the low-price back-test: generated worlds and real price paths as lots, rankings, scores, rows and tables."""
