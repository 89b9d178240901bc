"""Chapter 07: trapped networks, set free by a lower confidence."""
