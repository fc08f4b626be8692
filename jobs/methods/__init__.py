"""The statistics: plain functions over NumPy arrays, one published method a file, no Spark, no I/O."""
