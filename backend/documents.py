"""The documents of the API that are written from what runs."""

import json
from typing import Any

from backend.app import create_app
from backend.identity.queries import ROLES, STEPS
from backend.kit.errors import every_problem


def written() -> dict[str, str]:
    """Return the generated documents by file name."""
    openapi = create_app().extensions["openapi"]
    return {
        "openapi.json": json.dumps(openapi, ensure_ascii=False, indent=2) + "\n",
        "errors.md": _errors(),
        "roles.md": _roles(openapi["paths"]),
    }


def _errors() -> str:
    """List every refusal with its status, code and sentences."""
    rows = sorted({(int(kind.status), kind.code, kind.en, kind.zh) for kind in every_problem()})
    lines = [f"| {status} | `{code}` | {en} | {zh} |" for status, code, en, zh in rows]
    head = [
        "# Errors",
        "",
        "Generated from the code by `python -m backend.cli document`. Every answer that is not a success is",
        "`application/problem+json` (RFC 9457) with one of these codes, which never change their meaning.",
        "",
        "| status | code | English | 中文 |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *lines]) + "\n"


def _roles(paths: dict[str, Any]) -> str:
    """Show every scope with who has it and what it opens."""
    opens: dict[str, list[str]] = {}
    for path, item in paths.items():
        for method, operation in item.items():
            if "x-scope" in operation:
                opens.setdefault(operation["x-scope"], []).append(f"`{method.upper()} {path}`")
    rows = [
        [
            f"`{scope}`",
            *("✓" if scope in scopes else "" for scopes in ROLES.values()),
            "<br>".join(sorted(all_of)),
        ]
        for scope, all_of in sorted(opens.items())
    ]
    steps = [[f"`{step}`", ", ".join(f"`{scope}`" for scope in sorted(may))] for step, may in STEPS.items()]
    lines = [
        "# Roles",
        "",
        "Generated from the code by `python -m backend.cli document`. An operation asks for one scope, and a",
        "role is its scopes, in its own district and with what is its own; the rest is not found.",
        "",
        *_table(["scope", *ROLES, "opens"], rows),
        "",
        "While a sign-in of staff has a step to go (`next_step`), its session may do this and no more.",
        "",
        *_table(["step", "scopes"], steps),
    ]
    return "\n".join(lines) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
