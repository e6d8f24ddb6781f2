"""Who works in a district, how they leave, and the trail of what they changed."""
