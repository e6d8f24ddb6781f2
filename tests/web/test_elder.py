"""The elder mode, measured: nothing below 18 px, and nothing to tap below 60 px."""

import pytest

from seeds import load
from tests.web.stage import Stage
from tests.web.test_places import put_on_the_map

PAGES = [
    "/app/",
    "/app/book",
    "/app/pickups",
    "/app/prices",
    "/app/search",
    "/app/guide",
    "/app/outlets",
    "/app/account",
    "/app/factors",
    "/app/rewards",
    "/app/redemptions",
    "/app/me",
    "/app/household",
    "/app/devices",
    "/app/accesses",
    "/app/terms",
    "/app/inbox",
]
SMALL_TYPE = """
() => [...document.querySelectorAll("body *")]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 18)
  .map((one) => one.outerHTML.slice(0, 120))
"""
SMALL_TARGETS = """
() => [...document.querySelectorAll("a, button, input, select, summary, [role=button]")]
  .filter((one) => one.checkVisibility() && !one.closest(".skip, .pin"))
  .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([, box]) => box.height > 0 && (box.height < 59.5 || box.width < 44))
  .map(([one, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${one.outerHTML.slice(0, 120)}`)
"""
"""A pin of a map can be tapped around it, which its box does not tell."""


@pytest.mark.long
@pytest.mark.parametrize("path", PAGES)
def test_all_is_large_enough(stage: Stage, path: str) -> None:
    put_on_the_map(stage)
    with stage.window(signed_in=load.cast("zhang_san")["phone"]) as window:
        window.page.add_init_script("localStorage.setItem('lv.mode', 'elder')")
        window.open(path)
        assert window.page.evaluate(SMALL_TYPE) == []
        assert window.page.evaluate(SMALL_TARGETS) == []
