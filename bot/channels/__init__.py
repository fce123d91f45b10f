"""Where callers are."""
