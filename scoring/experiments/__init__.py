"""Finding out what a call does: who is called in which week by chance, how small an effect shows, and what it was."""
