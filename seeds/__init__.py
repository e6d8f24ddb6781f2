"""Real input: registers with their sources, and stories that live through them."""
