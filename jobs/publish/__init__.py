"""What leaves the platform: briefs for readers, exports for researchers."""
