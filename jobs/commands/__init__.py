"""Commands that need more than their own module: argument parsing and what is printed."""
