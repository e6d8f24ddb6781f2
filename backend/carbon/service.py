"""How sets of factors are drafted, approved, and come into force."""

from backend.carbon.drafting import (
    approve,
    draft,
    edit,
    mark_simulated,
    publish_draft,
    reject,
    submit,
    withdraw,
)
from backend.carbon.publishing import publish

__all__ = [
    "approve",
    "draft",
    "edit",
    "mark_simulated",
    "publish",
    "publish_draft",
    "reject",
    "submit",
    "withdraw",
]
