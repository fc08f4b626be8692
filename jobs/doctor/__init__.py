"""Can this machine run the night, is its lake whole, and if not, which command mends it."""
