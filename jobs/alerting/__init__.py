"""What all domains share on the way from a finding to an alert."""
