"""The bytes of a file, as JSON carries them."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from backend.kit.sentences import say

_BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_NOT_BASE64 = say("Not valid base64.", "应为 base64。")
_TOO_LONG = say("The file is too large.", "文件过大。")


class Content(fields.String):
    """The bytes of a file, in base64 of so many letters at most."""

    def __init__(
        self, *, letters: int = 1_000_000, metadata: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        said = {"pattern": _BASE64, "maxLength": letters, **(metadata or {})}
        super().__init__(metadata=said, **kwargs)
        self._most = letters

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        letters = super()._deserialize(value, *args, **kwargs)
        if len(letters) > self._most:
            raise ValidationError(_TOO_LONG)
        try:
            return base64.b64decode(letters, validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError(_NOT_BASE64) from None
