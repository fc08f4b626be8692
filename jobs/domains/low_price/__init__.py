"""Agricultural declarations priced below what the goods cost."""
