"""The statistics: plain functions over NumPy arrays, one published method a file, no engine, no I/O, no customs
word.
"""
