"""Worked examples: what people do, with real commits on real servers."""
