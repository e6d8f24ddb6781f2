"""Plumbing with no idea of recycling: everything that three rooms need and none of them owns."""
