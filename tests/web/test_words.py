"""Every sentence of the pages stands in two catalogues, and nowhere else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.web.build import HERE

PAGES = HERE / "pages"
CATALOGUES = sorted(folder for folder in PAGES.rglob("words") if folder.is_dir())
SOURCES = sorted(
    file
    for kind in ("*.vue", "*.ts")
    for file in PAGES.rglob(kind)
    if PAGES / "api" not in file.parents and PAGES / "look" not in file.parents
)
SPOKEN = ("title", "placeholder", "alt", "label", "aria-label", "says")


def catalogue(folder: Path, language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / f"{language}.json").read_text())
    return found


def named(file: Path) -> str:
    return str(file.relative_to(PAGES))


@pytest.mark.parametrize("folder", CATALOGUES, ids=named)
def test_both_languages_say_the_same_things(folder: Path) -> None:
    zh, en = (catalogue(folder, language) for language in ("zh-CN", "en"))

    assert list(zh) == list(en)
    for key in zh:
        facts = [set(re.findall(r"\{(\w+)\}", said[key])) for said in (zh, en)]
        assert facts[0] == facts[1], key
        assert re.search(r"[一-鿿]", zh[key]) or key in NAMES, key
        assert not re.search(r"[一-鿿]", en[key]) or key in NAMES, key
        assert zh[key].strip()
        assert en[key].strip()


NAMES = {"do.other-language", "unit.co2e"}
"""What is said in the other language, so that whoever looks for it finds it, or alike in both."""


@pytest.mark.parametrize("folder", CATALOGUES, ids=named)
def test_every_sentence_is_said_somewhere(folder: Path) -> None:
    users = (
        SOURCES
        if folder.parent.name == "kit"
        else [file for file in SOURCES if folder.parent in file.parents]
    )
    text = "\n".join(file.read_text() for file in users)
    kinds = set(re.findall(r'term\("([\w-]+)"', text))

    unsaid = [
        key
        for key in catalogue(folder, "en")
        if f'"{key}"' not in text and f"'{key}'" not in text and key.split(".")[0] not in kinds
    ]
    assert unsaid == []


def texts(template: str) -> Iterator[str]:
    """Find what a template says by itself: text between tags, and attributes that are spoken or seen."""
    bare = re.sub(r"\{\{.*?\}\}|<!--.*?-->", "", template, flags=re.DOTALL)
    tag = r'<(/?[A-Za-z][\w-]*)((?:\s+[^\s=>/]+(?:="[^"]*")?|\s)*)\s*/?>'
    for found in re.finditer(tag, bare):
        for name, value in re.findall(r'\s([^\s=>/]+)="([^"]*)"', found[2]):
            if name in SPOKEN and re.search(r"[A-Za-z]{2,}", value):
                yield f'{name}="{value}"'
    yield from (
        text.strip()
        for text in re.split(tag + r"|\n", bare)[::3]
        if text and re.search(r"[A-Za-z]{2,}", text)
    )


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_no_sentence_stands_in_a_page(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"[　-〿一-鿿！-～]", text), "Chinese belongs into the catalogues"

    if file.suffix == ".vue":
        template = text[text.index("<template>") + 10 : text.rindex("</template>")]
        assert list(texts(template)) == []
        assert "style=" not in re.sub(r":style=", "", template), "no policy allows it"
        assert "v-html" not in template


def test_a_sentence_in_a_page_is_found() -> None:
    assert list(texts('<p>Hello there</p>\n<input placeholder="Type here" :title="t(a)" />{{ t("x") }}')) == [
        'placeholder="Type here"',
        "Hello there",
    ]
