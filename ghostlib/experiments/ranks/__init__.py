"""Chapter 08: networks of every rank, from one to full."""
