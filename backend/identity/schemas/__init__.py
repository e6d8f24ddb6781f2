"""Identity on the wire."""
