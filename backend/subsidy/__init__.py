"""What the city adds to what has little value: programmes, their budgets, and each household's ceilings."""
