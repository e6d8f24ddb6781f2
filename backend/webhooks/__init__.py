"""What an operator's own systems are told: events of that operator, signed, delivered at least once."""
