"""Chapter 09: networks that hear a cue, and ghosts in their plane."""
