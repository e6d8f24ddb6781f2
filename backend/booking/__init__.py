"""From one tap to a collector at the door: pickups, their windows, and who comes."""
