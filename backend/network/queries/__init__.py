"""The questions that are asked of the network."""

from backend.network.queries.area import *
from backend.network.queries.scales import *
from backend.network.rules import CertificateEntry as CertificateEntry
from backend.network.rules import CheckEntry as CheckEntry
from backend.network.rules import PlacedCommunity as PlacedCommunity
from backend.network.rules import ScalePassport as ScalePassport
from backend.network.rules import ServiceHours as ServiceHours
from backend.network.rules import Standing as Standing
