"""What is known of the declared lots of a night, as arrays."""
