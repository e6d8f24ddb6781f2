"""The rules of the syntax tree hold, and each finds a planted violation."""

import ast
from pathlib import PurePath

import pytest

from backend.local.places import ROOT
from tests.architecture import syntax
from tests.architecture.syntax import Rule

RULES = [
    syntax.only_the_kit_commits,
    syntax.the_time_comes_in,
    syntax.every_route_has_a_gate,
    syntax.nobody_changes_the_ledger,
]
PLANTED = [
    (syntax.only_the_kit_commits, "backend/booking/service.py", "db.commit()"),
    (syntax.only_the_kit_commits, "backend/cli.py", "psycopg.connect(url, autocommit=True)"),
    (syntax.the_time_comes_in, "backend/booking/service.py", "datetime.now(UTC)"),
    (syntax.the_time_comes_in, "backend/booking/queries.py", "select(func.now())"),
    (syntax.the_time_comes_in, "backend/booking/rules.py", "utc_now()"),
    (syntax.the_time_comes_in, "backend/identity/rules/tokens.py", "utc_now()"),
    (syntax.the_time_comes_in, "ledger/posting.py", "time.time()"),
    (syntax.every_route_has_a_gate, "backend/booking/routes.py", "@blp.get('/')\ndef show(): ..."),
    (
        syntax.every_route_has_a_gate,
        "backend/web/routes.py",
        "@public\n@requires('x')\n@blp.post('/')\ndef do(): ...",
    ),
    (syntax.nobody_changes_the_ledger, "backend/cli.py", "execute('delete from ledger.entry')"),
    (
        syntax.nobody_changes_the_ledger,
        "backend/migrations/versions/0099_fix.py",
        "op.execute('UPDATE ledger.posting')",
    ),
]


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    paths = [path.relative_to(ROOT) for top in ("backend", "ledger") for path in (ROOT / top).rglob("*.py")]

    broken = [f"{path}:{line}" for path in paths for line in rule(path, ast.parse((ROOT / path).read_text()))]

    assert broken == []


@pytest.mark.parametrize(("rule", "path", "source"), PLANTED)
def test_a_planted_violation_is_found(rule: Rule, path: str, source: str) -> None:
    assert list(rule(PurePath(path), ast.parse(source)))
