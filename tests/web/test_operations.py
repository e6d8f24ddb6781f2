"""The pages show what the API offers: a page asks for it, or it is written down here why none does."""

import json
import re

from backend.local import places
from backend.web.build import HERE

SOURCES = "\n".join(
    file.read_text()
    for kind in ("*.vue", "*.ts")
    for file in (HERE / "pages").rglob(kind)
    if HERE / "pages" / "api" not in file.parents
)
NOT_ASKED_FOR = {
    "identity_refresh": "asked for by the door that every page goes through, before there is a client",
    "subsidy_show_order": "the list of orders shows all there is of each",
}
"""What no page asks for by name, and why that is right."""


def operations() -> set[str]:
    """Name everything that the API can do."""
    document = json.loads((places.ROOT / "api_docs" / "openapi.json").read_text())
    return {
        said["operationId"]
        for path in document["paths"].values()
        for method, said in path.items()
        if method in {"get", "post", "put", "patch", "delete"}
    }


def function(operation: str) -> str:
    """Name the generated function of an operation: `identity_me` is `identityMe`."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), operation)


def asked_for() -> set[str]:
    """Name what the pages ask for; what is only imported is not."""
    said = set(re.findall(r"\w+", re.sub(r"import \{[^}]*\} from", "", SOURCES)))
    return {operation for operation in operations() if function(operation) in said}


def test_every_operation_is_asked_for_by_a_page_or_it_is_known_why_not() -> None:
    assert operations() - asked_for() == set(NOT_ASKED_FOR)
