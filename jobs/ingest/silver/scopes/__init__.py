"""What deliveries cover and what they leave out: a month without a row is zero, unknown or not asked."""
