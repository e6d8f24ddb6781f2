"""The worker: one queue, one job at a time, each in a process of its own."""

import structlog
from rq import Worker
from rq.serializers import JSONSerializer

from backend.accounts import jobs as accounts
from backend.app import introduce
from backend.booking import jobs as booking
from backend.identity import jobs as identity
from backend.kit import logs
from backend.kit.jobs import queue
from backend.kit.starting import refuse_unsafe
from backend.notices import jobs as notices
from backend.rewards import jobs as rewards
from backend.simulation import jobs as simulation
from backend.subsidy import jobs as subsidy
from backend.webhooks import jobs as webhooks
from backend.weighing import jobs as weighing

JOBS = (accounts, booking, weighing, simulation, rewards, subsidy, webhooks, notices, identity)
"""Imported for the handlers they register."""


def main(*, burst: bool = False) -> None:
    """Work until told to stop, and then to the end of what was begun; in a burst, until nothing is left."""
    refuse_unsafe()
    logs.configure()
    introduce()
    structlog.get_logger().info("worker_started", queue=queue().name)
    worker = Worker([queue()], connection=queue().connection, serializer=JSONSerializer)
    worker.work(burst=burst, logging_level="WARNING")


if __name__ == "__main__":
    main()
