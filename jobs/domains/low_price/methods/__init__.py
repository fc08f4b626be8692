"""What the detectors share: lots as arrays, comparables, reference prices, duty."""
