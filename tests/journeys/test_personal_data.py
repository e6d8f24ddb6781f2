"""What is personal on the way of a bag: the door is shown with a trace, and no dump holds a number.

OWASP API Top 10 (2023): API3. ASVS 5.0: 11.3.2, 11.4.1, 14.2.4 and 14.2.6.
"""

import base64
import hashlib
import re
import subprocess
from collections.abc import Iterator

from backend.local import programs
from seeds import load
from tests.journeys.conftest import quoted

ADDRESS = re.compile("示范路")


def test_the_door_is_shown_for_a_visit_and_the_household_reads_who_looked(city):
    zhang = city.zhang()
    booked = zhang.post("/v1/pickups", {"note": "门禁 4711#"}, status=201)
    number = booked["collector"]["number"]
    collector = city.collector(number)
    day = f"/v1/day?date={booked['window_start'][:10]}"
    other = city.collector("C0002" if number == "C0001" else "C0001")
    stop = f"/v1/pickups/{booked['id']}"

    [before] = collector.get(day)["stops"]
    door = collector.post(f"{stop}/reveal")

    assert (before["address_masked"], before["note"]) == (f"{door['address'][:3]}****", "门禁 4711#")
    assert door == {"address": zhang.get("/v1/household")["address"], "phone_masked": "161****0001"}
    assert other.post(f"{stop}/reveal", status=404)["code"] == "pickup_not_found"
    [look] = zhang.get("/v1/me/accesses")["items"]
    assert (look["what"], look["role"], look["pickup"]) == ("address", "collector", booked["id"])
    assert look["organisation"]
    assert city.wang().get("/v1/me/accesses")["items"] == []
    zhang.post(f"{stop}/cancellation")
    assert collector.post(f"{stop}/reveal", status=409)["code"] == "visit_over"
    [after] = collector.get(day)["stops"]
    assert (after["address_masked"], after["note"]) == ("", "")
    assert zhang.get(stop)["note"] == "门禁 4711#"


def test_no_dump_of_the_database_holds_a_phone_number(city, database):
    """Look for every number of the cast in a dump, however it might be written down."""
    stranger = city.resident("16100000009")
    bag = quoted(city, city.zhang())
    bag.resident.post(f"{bag.path}/confirmation", status=201)
    stranger.post("/v1/sign-in/codes", {"phone": "16100000002"}, status=202)

    dump = dumped(database.admin_url)

    assert b"C0001" in dump, "what is not personal is there"
    binary = b"\n".join(bytes.fromhex(found.decode()) for found in re.findall(rb"\\\\x([0-9a-f]+)", dump))
    assert len(binary) > 1_000
    for phone in (*numbers(), "16100000009"):
        for name, written in spellings(phone):
            assert written not in dump, f"{name} stands in the dump"
            assert written not in binary, f"{name} stands in a binary column"
    assert not ADDRESS.search(dump.decode())
    assert "示范路".encode() not in binary


def numbers() -> list[str]:
    return [load.cast(who)["phone"].removeprefix("+86") for who in ("zhang_san", "wang_wu")]


def dumped(url: str) -> bytes:
    done = subprocess.run(
        [programs.postgres() / "pg_dump", "--no-owner", url], capture_output=True, check=True
    )
    return done.stdout


def spellings(phone: str) -> Iterator[tuple[str, bytes]]:
    """Write a number in every way that a careless program might."""
    for number in (phone, f"86{phone}", f"+86{phone}", f"0086{phone}"):
        plain = number.encode()
        yield f"{number}", plain
        yield f"{number} in hex", plain.hex().encode()
        yield f"{number} in base64", base64.b64encode(plain).rstrip(b"=")[:-1]
        yield f"{number} backwards", plain[::-1]
        for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512):
            yield f"{digest.__name__} of {number}", digest(plain).digest()
            yield f"{digest.__name__} of {number} in hex", digest(plain).hexdigest().encode()
            yield f"{digest.__name__} of {number} in base64", base64.b64encode(digest(plain).digest())[:-2]
    for whole in (int(phone), int(f"86{phone}")):
        for order in ("big", "little"):
            yield f"{whole} as eight bytes", whole.to_bytes(8, order)
    yield f"{phone} in groups", f"{phone[:3]} {phone[3:7]} {phone[7:]}".encode()
    yield f"{phone} with dashes", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}".encode()
    yield f"{phone} in UTF-16", phone.encode("utf-16-le")
