"""Every body refuses what it does not know, and whatever it says of a field it says in Chinese too."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema, fields, validate

from backend.app import create_app
from backend.kit.ids import new_id
from backend.kit.sentences import in_language

ENOUGH = "abc"
"""Stands for whatever a sentence is filled with."""


def rules_with(method: str) -> list[str]:
    return sorted(
        rule.rule
        for rule in create_app().url_map.iter_rules()
        if method in (rule.methods or ()) and rule.rule.startswith("/v1")
    )


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule) for rule in rules_with("POST")])
def test_an_unknown_field_is_refused(everybody: FlaskClient, rule: str):
    address = re.sub("<uuid:[a-z_]+>", str(new_id()), rule).replace("<string(length=4):period>", "2026")
    answer = everybody.post(
        address,
        json={"nobody_knows_me": 1},
        headers={"Idempotency-Key": "k", "Accept-Language": "en"},
    )

    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert problem["errors"]["nobody_knows_me"] == ["Unknown field."]


def all_schemas() -> list[type[Schema]]:
    """Find the schemas that let something in."""
    create_app()
    return sorted(
        (schema for schema in below(Schema) if schema.__module__.startswith("backend.") and is_in(schema)),
        key=lambda schema: schema.__qualname__,
    )


def below(schema: type[Schema]) -> Iterator[type[Schema]]:
    for child in schema.__subclasses__():
        yield child
        yield from below(child)


def is_in(schema: type[Schema]) -> bool:
    return schema.__name__.endswith("In")


def sentences(field: fields.Field[Any]) -> Iterator[str]:
    """Find what a field may say, with its facts filled in."""
    for name, template in field.error_messages.items():
        if name == "format":  # said of what we write, not of what we read
            continue
        yield str(template).replace("{obj_type}", "datetime").replace("{awareness}", "aware")
    for check in field.validators:
        match check:
            case validate.Range() as bounds:
                yield bounds._format_error(
                    ENOUGH, bounds.message_all if bounds.max is not None else bounds.message_min
                )
            case validate.Length() as bounds:
                for template in (
                    bounds.message_min,
                    bounds.message_max,
                    bounds.message_all,
                    bounds.message_equal,
                ):
                    yield bounds._format_error(ENOUGH, template)
            case validate.Regexp() | validate.OneOf() | validate.Equal():
                yield check._format_error(ENOUGH) if not isinstance(check, validate.OneOf) else check.error
    if isinstance(field, fields.List):
        yield from sentences(field.inner)


@pytest.mark.parametrize("schema", all_schemas())
def test_what_is_said_of_a_field_has_a_chinese_twin(schema: type[Schema]):
    for field in schema().fields.values():
        for sentence in sentences(field):
            assert in_language(sentence, "zh-CN") != sentence
