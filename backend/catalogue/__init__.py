"""What a district takes, and for how much: materials, and price lists that never change once published."""
