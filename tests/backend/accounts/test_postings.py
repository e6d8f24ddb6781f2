"""How facts read in the ledger, whatever the amounts."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.accounts.postings import (
    FEN,
    GREEN,
    Posting,
    bank,
    budget,
    corrected,
    credited,
    expired,
    fund,
    funded,
    green,
    green_issued,
    green_owing,
    green_retired,
    is_backed,
    merchant_green,
    move,
    operator_due,
    owed,
    redeemed,
    repaid,
    treasury,
)
from backend.accounts.rules import recovery
from backend.subsidy.postings import drawn
from tests.makers import a_priced_bag, priced_bags

ALICE, SHOP, PROGRAMME = (UUID(int=number) for number in range(1, 4))

amounts = some.integers(min_value=0, max_value=10**12)


def test_the_worked_example_of_glass_and_cardboard():
    bag = a_priced_bag()

    assert credited(bag) == (
        Posting(source=operator_due(bag.operator), target=fund(), asset=FEN, amount=240),
        Posting(source=green_issued(), target=green(bag.household), asset=GREEN, amount=292),
    )


@given(priced_bags())
def test_a_bag_is_backed_once_its_subsidy_is_drawn(bag):
    moves = (*credited(bag), *drawn(bag))

    assert is_backed(moves)
    assert all(posting.amount > 0 for posting in moves)


@given(priced_bags())
def test_points_without_their_subsidy_are_not_backed(bag):
    assert is_backed(credited(bag)) == (sum(line.subsidy_fen for line in bag.lines) == 0)


@given(amounts)
def test_redeeming_moves_points_and_leaves_their_fen(points):
    moves = redeemed(ALICE, SHOP, points)

    assert is_backed(moves)
    assert sum(posting.amount for posting in moves) == points
    assert {posting.target for posting in moves} <= {merchant_green(SHOP)}


@given(amounts)
def test_points_that_lapse_leave_their_fen_to_the_treasury(points):
    moves = expired(ALICE, points)

    assert is_backed(moves)
    assert [(move.source, move.target, move.amount, move.lapsed) for move in moves] == (
        [(green(ALICE), green_retired(), points, True), (fund(), treasury(), points, False)] if points else []
    )


payers = some.sampled_from([operator_due(SHOP), budget(PROGRAMME, "2026"), budget(SHOP, "2026")])


@given(some.dictionaries(payers, amounts), amounts, amounts)
def test_a_correction_is_backed_and_gives_each_payer_his_own(refunds, expired_points, available_points):
    back = recovery(sum(refunds.values()), expired_points=expired_points, available_points=available_points)
    moves = corrected(ALICE, refunds, back)
    given_back = {payer: sum(move.amount for move in moves if move.target == payer) for payer in refunds}

    assert is_backed(moves)
    assert given_back == refunds
    assert gained(moves, treasury()) == -(back.expired + back.owed)
    assert gained(moves, owed(ALICE)) == back.owed == -gained(moves, green_owing())


@given(amounts)
def test_repaying_is_backed_and_makes_the_treasury_whole(points):
    moves = repaid(ALICE, points)

    assert is_backed(moves)
    assert gained(moves, treasury()) == points
    assert gained(moves, owed(ALICE)) == -points == -gained(moves, green_owing())


def gained(moves: Sequence[Posting], path: str) -> int:
    """Tell what an account gains of whatever moves."""
    return sum(move.amount * ((move.target == path) - (move.source == path)) for move in moves)


@given(amounts)
def test_funding_passes_through_the_treasury(fen):
    moves = funded(PROGRAMME, "2026", fen)

    assert is_backed(moves)
    assert [(posting.source, posting.target) for posting in moves] == (
        [(bank(), treasury()), (treasury(), budget(PROGRAMME, "2026"))] if fen else []
    )


@pytest.mark.parametrize(
    "moves",
    [
        move(green_issued(), green(ALICE), GREEN, 1),
        move(bank(), fund(), FEN, 1),
        move(merchant_green(SHOP), green_issued(), GREEN, 1),
        (*move(green_issued(), green(ALICE), GREEN, 2), *move(bank(), fund(), FEN, 1)),
    ],
)
def test_a_gap_is_seen_on_either_side(moves):
    assert not is_backed(moves)
