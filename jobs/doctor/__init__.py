"""Can this machine run the night, and if not, which command mends it."""
