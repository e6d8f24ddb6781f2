"""Identity on the wire, and of it what other rooms say too."""

from backend.identity.schemas.parts import device as device
from backend.identity.schemas.parts import device_token as device_token
from backend.identity.schemas.parts import six_digits as six_digits
from backend.identity.schemas.people import VouchedOut as VouchedOut
from backend.identity.schemas.tokens import SessionOut as SessionOut
