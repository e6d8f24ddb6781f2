"""Where residents go themselves: to bring what can be recycled, and to spend their points."""
