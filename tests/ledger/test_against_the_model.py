"""Whatever is asked in whatever order, the ledger answers as a plain model in memory does."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ledger.callers import Callers


def test_the_ledger_is_the_model(alone):
    Callers.database = alone
    run_state_machine_as_test(
        Callers,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
