"""Rules of thumb that our ranking must beat."""
