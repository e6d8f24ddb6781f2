"""Who somebody is: persons, households, collectors and staff; sign-in, roles, and what is kept about them."""
