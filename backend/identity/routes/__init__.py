"""Signing in and out, and what a person sees of themselves; each kind of thing in a file of its own."""

from backend.identity.routes import tokens, staff, people, households  # noqa: I001 - as the document shows them
from backend.identity.routes.room import blp

__all__ = ["blp", "households", "people", "staff", "tokens"]
