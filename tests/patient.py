"""A client as a good one is: it asks the same again, under the same key, until it has an answer."""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

PATIENCE_SECONDS = 120


class Refused(Exception):
    """An answer that asking again does not change."""


@dataclass
class Patient:
    """Somebody on a line that breaks, signed in or not."""

    url: str
    token: str = ""
    repeated: int = 0

    def sign_in(self, role: str, **who: str) -> "Patient":
        """Sign in; return who is signed in."""
        return Patient(self.url, self.post(f"/v1/sign-in/{role}", who)["access_token"])

    def get(self, path: str) -> Any:
        """Ask."""
        return json.loads(self.ask(path))

    def post(self, path: str, body: Any = None) -> Any:
        """Do, once however often it is said.

        :raises Refused: it cannot be done
        """
        return json.loads(self.ask(path, json.dumps(body or {}).encode()))

    def ask(self, path: str, body: bytes | None = None) -> str:
        """Send a request until somebody answers; return what was said."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        asked = Request(f"{self.url}{path}", body, headers)  # noqa: S310 - our own address
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with urlopen(asked, timeout=30) as answer:  # noqa: S310 - our own address
                    return str(answer.read().decode())
            except HTTPError as error:
                said = error.read().decode()
                if error.code != 503 and "idempotency_key_in_flight" not in said:
                    raise Refused(f"{path}: {error.code} {said}") from None
            except (OSError, http.client.HTTPException):
                pass  # nobody knows whether it was done: under its key it may be said again
            assert time.monotonic() < deadline, f"{path}: nobody answers"
            self.repeated += 1
            time.sleep(0.1)
