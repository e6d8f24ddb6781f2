"""What everybody has and owes: green points, grams of CO2e and fen, each district in its own book."""
