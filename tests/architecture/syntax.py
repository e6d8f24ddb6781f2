"""Rules that imports cannot express, read from the syntax tree."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import PurePath

Rule = Callable[[PurePath, ast.Module], Iterator[int]]
"""Given where a module stands and what it says, the lines that break the rule."""

TOLD_THE_TIME = {"service", "queries", "rules", "models", "postings", "schemas", "errors"}
CLOCKS = {"now", "utc_now", "utcnow", "today", "current_timestamp", "time.time", "time.monotonic"}
HTTP_VERBS = {"route", "get", "post", "put", "patch", "delete"}
CHANGES_THE_LEDGER = re.compile(
    r"\b(update|delete\s+from|truncate(\s+table)?)\s+(only\s+)?ledger\.", re.IGNORECASE
)


def only_the_kit_commits(path: PurePath, module: ast.Module) -> Iterator[int]:
    """One request is one transaction, so one place ends it."""
    if path.parts[0] != "backend" or path == PurePath("backend/kit/db.py") or "local" in path.parts:
        return
    for call in _calls(module):
        by_hand = _last_name(call.func) == "commit" and not call.args
        by_itself = any(word.arg == "autocommit" for word in call.keywords)
        if by_hand or by_itself:
            yield call.lineno


def the_time_comes_in(path: PurePath, module: ast.Module) -> Iterator[int]:
    """Nobody below a route or a job reads the clock; a witness and a monitor are programs by themselves."""
    if path in {PurePath("ledger/witness.py"), PurePath("ledger/monitor.py")}:
        return
    if TOLD_THE_TIME & {path.stem, path.parent.name} or path.parts[0] == "ledger":
        yield from (
            call.lineno for call in _calls(module) if CLOCKS & {_last_name(call.func), ast.unparse(call.func)}
        )


def every_route_has_a_gate(path: PurePath, module: ast.Module) -> Iterator[int]:
    """A route says who may call it."""
    for view in ast.walk(module):
        if isinstance(view, ast.FunctionDef):
            marks = [
                _last_name(mark.func if isinstance(mark, ast.Call) else mark) for mark in view.decorator_list
            ]
            gates = [mark for mark in marks if mark in {"requires", "public"}]
            if HTTP_VERBS.intersection(marks) and len(gates) != 1:
                yield view.lineno


def nobody_changes_the_ledger(path: PurePath, module: ast.Module) -> Iterator[int]:
    """Entries are added, by the ledger's own functions."""
    if path.parts[0] == "backend":
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and CHANGES_THE_LEDGER.search(str(node.value)):
                yield node.lineno


def _calls(module: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module) if isinstance(node, ast.Call))


def _last_name(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None
