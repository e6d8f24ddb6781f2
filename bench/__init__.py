"""Measurements, each a module with `main() -> list[Row]`; a value never fails the run, it is read."""
