"""What people are told: an inbox for everybody, and a text message where it cannot wait."""
