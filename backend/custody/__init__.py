"""Who has what in hand: mass on its way from a home to a factory."""
