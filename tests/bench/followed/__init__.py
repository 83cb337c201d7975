"""What becomes of what is told, in a world whose truth is known: the replay and its figures."""
