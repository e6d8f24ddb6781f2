"""What recycling saves: factors with their source and version, and the grams a household earns by them."""
