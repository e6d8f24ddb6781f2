"""Nobody talks us into calling ourselves, and nobody holds us up (OWASP API7; ASVS 13.2.4)."""

import socket
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.kit import outgoing
from backend.kit.outgoing import Unreached, may_call, post, target_of
from backend.settings import settings
from tests import receivers
from tests.receivers import receiving

INSIDE = [
    "0.0.0.0",  # noqa: S104 - it is refused
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.251",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "100::1",
    "2001::7f00:1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["8.8.8.8", "114.114.114.114", "2001:4860:4860::8888", "2400:3200::1"]


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let this machine be called, as development does; and forget proxies and patience."""
    monkeypatch.setenv("LV_WEBHOOKS_TO_LOOPBACK", "yes")
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.delenv("LV_WEBHOOKS_TO_LOOPBACK")
    settings.cache_clear()


def resolving(*answers: str) -> Callable[..., list[Any]]:
    """Stand in for the resolver: each question has the next answer, so a name may change its mind."""
    left = [answer.split() for answer in answers]

    def getaddrinfo(host: str, port: int, **_: object) -> list[Any]:
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (one, port) + ((0, 0) if ":" in one else ()),
            )
            for one in (left.pop(0) if left else pytest.fail("asked twice"))
        ]

    return getaddrinfo


def why(url: str) -> str:
    with pytest.raises(Unreached) as unreached:
        post(url, b"{}", {})
    return unreached.value.reason


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_not_called(address: str):
    assert not may_call(ip_address(address))
    with pytest.raises(ValueError, match="inside"):
        target_of(f"https://[{address}]/" if ":" in address else f"https://{address}/")


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_may_be_called(address: str):
    assert may_call(ip_address(address))


@given(some.ip_addresses(v=4))
def test_no_ipv4_address_is_let_in_by_way_of_ipv6(address):
    assert not may_call(ip_address(f"::ffff:{address}"))
    assert not may_call(ip_address(f"64:ff9b::{address}"))
    assert not may_call(ip_address(f"2002:{int(address) >> 16:x}:{int(address) & 0xFFFF:x}::1"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "recycler.example",
        "http://recycler.example/",
        "ftp://recycler.example/",
        "file:///etc/passwd",
        "https:///hooks",
        "https://me@recycler.example/",
        "https://me:secret@recycler.example/",
        "https://recycler.example/#part",
        "https://recycler.example:0/",
        "https://recycler.example:99999/",
        "https://recycler.example\\@127.0.0.1/",
        "https://recycler.example/a b",
        "https://recycler.example/\r\nX-Forwarded-For: 1",
        "https://回收.example/",
        "https://[::1/",
    ],
)
def test_an_address_that_is_none_is_not_called(url: str):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever says so
        target_of(url)
    assert why(url) == "url_refused"


def test_a_name_of_this_machine_is_not_called():
    with receiving() as receiver:
        assert why(f"https://localhost:{receiver.port}/") == "address_refused"
        assert why(f"https://2130706433:{receiver.port}/") == "address_refused"
        assert why(f"https://0x7f.1:{receiver.port}/") == "address_refused"

    assert receiver.came == []


def test_a_name_that_stands_for_something_inside_too_is_not_called(loopback):
    loopback.setattr(socket, "getaddrinfo", resolving("127.0.0.1 10.0.0.5"))
    with receiving() as receiver:
        assert why(receiver.at("recycler.example")) == "address_refused"

    assert receiver.came == []


def test_a_name_that_nobody_knows(loopback):
    assert why("http://nobody.invalid/") == "name_unknown"


def test_a_name_that_changes_its_mind_leads_to_what_was_checked(loopback):
    with receiving() as checked, receiving(host="127.0.0.2", port=checked.port) as rebound:
        loopback.setattr(socket, "getaddrinfo", resolving("127.0.0.1", "127.0.0.2"))
        assert post(checked.at("recycler.example"), b"{}", {}).status == 204

    assert rebound.came == []
    ((headers, body),) = checked.came
    assert (headers["host"], body) == (f"recycler.example:{checked.port}", b"{}")


def test_the_second_address_is_tried_where_nobody_is_at_the_first(loopback):
    with receiving(host="127.0.0.2") as receiver:
        loopback.setattr(socket, "getaddrinfo", resolving("127.0.0.1 127.0.0.2"))
        assert post(receiver.at("recycler.example"), b"{}", {}).status == 204


def test_the_certificate_is_held_against_the_name(loopback, tmp_path: Path):
    ours = receivers.a_certificate(tmp_path, "recycler.example")
    loopback.setenv("SSL_CERT_FILE", str(ours))
    with receiving(certificate=ours) as receiver:
        loopback.setattr(socket, "getaddrinfo", resolving("127.0.0.1", "127.0.0.1"))
        assert post(receiver.at("recycler.example"), b"{}", {}).status == 204
        assert why(receiver.at("another.example")) == "certificate_refused"

    assert len(receiver.came) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(loopback, tmp_path: Path):
    with receiving(certificate=receivers.a_certificate(tmp_path, "127.0.0.1")) as receiver:
        assert why(receiver.url) == "certificate_refused"

    assert receiver.came == []


def test_a_redirect_is_not_followed(loopback):
    with receiving() as inside, receiving() as receiver:
        receiver.habit = receivers.redirecting_to(inside.url)
        assert post(receiver.url, b"{}", {}).status == 307

    assert inside.came == []


def test_a_proxy_of_the_environment_is_not_asked(loopback):
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            loopback.setenv(name, proxy.url)
        assert post(receiver.url, b"{}", {}).status == 204

    assert proxy.came == []


def test_an_answer_without_an_end_is_cut_off(loopback):
    with receiving() as receiver:
        receiver.habit = receivers.huge
        assert post(receiver.url, b"{}", {}).status == 200


@pytest.mark.parametrize("habit", ["silent", "trickling"])
def test_whoever_is_slow_does_not_hold_us_up(loopback, habit: str):
    loopback.setattr(outgoing, "CALL_SECONDS", 0.5)
    over = Event()
    with receiving() as receiver:
        receiver.habit = receivers.silent(over) if habit == "silent" else receivers.trickling
        begun = time.monotonic()
        reason = why(receiver.url)
        took = time.monotonic() - begun
        over.set()

    assert reason == "too_slow"
    assert took < 10


def test_who_never_shakes_hands_does_not_hold_us_up(loopback):
    loopback.setattr(outgoing, "CALL_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert why(f"https://127.0.0.1:{mute.getsockname()[1]}/") == "too_slow"


def test_a_resolver_that_hangs_does_not_hold_us_up(loopback):
    over = Event()
    loopback.setattr(outgoing, "RESOLVE_SECONDS", 0.1)
    loopback.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(30) and [])

    assert why("http://recycler.example/") == "name_unknown"
    over.set()


def test_nobody_there(loopback):
    with receiving() as receiver:
        pass

    assert why(receiver.url) == "no_answer"
