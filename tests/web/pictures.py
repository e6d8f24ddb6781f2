"""How pictures of the pages are taken, and what their first load is measured by."""

import json
import re
from pathlib import Path

from backend.web import build
from tests.web.stage import DESK, PHONE, Window


def hang(window: Window, gallery: Path, name: str) -> None:
    """Take a picture of the whole page on a desk and on a phone, and look at each."""
    language = window.page.evaluate("document.documentElement.lang.slice(0, 2)")
    for size in (DESK, PHONE):
        window.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        window.picture(gallery / f"{name}-{size['width']}-{language}.png")
        window.check()


def measure(window: Window, gallery: Path, name: str, path: str) -> float:
    """Write down how many kilobytes a first page loads, compressed, and when something is seen."""
    loaded: list[str] = []
    window.page.on("response", lambda answer: loaded.append(answer.url))
    window.open(path)
    painted = window.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    names = {found[1] for url in loaded if (found := re.search(r"/assets/pages/hashed/(.+)$", url))}
    kilobytes = sum((build.PAGES / "hashed" / f"{file}.gz").stat().st_size for file in names) / 1024
    first = "first_paint_ms" if name == "resident" else f"{name}_first_paint_ms"
    note = gallery.parent / "pages.json"
    before = json.loads(note.read_text()) if note.is_file() else {}
    measured = {f"{name}_gzip_kb": round(kilobytes, 1), first: round(painted), f"{name}_files": len(names)}
    note.write_text(json.dumps({**before, **measured}, indent=2) + "\n")
    return kilobytes
