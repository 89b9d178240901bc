"""Chapter 10: what the paper leaves open, measured."""
