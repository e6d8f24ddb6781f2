"""How facts read in the ledger, whatever the amounts."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.accounts.postings import (
    FEN,
    GREEN,
    Posting,
    Priced,
    PricedLine,
    bank,
    budget,
    credited,
    fund,
    funded,
    green,
    green_issued,
    is_backed,
    merchant_green,
    move,
    operator_due,
    redeemed,
    treasury,
)

ALICE, SHOP, OPERATOR, COLLECTOR, PROGRAMME = (UUID(int=number) for number in range(1, 6))

amounts = some.integers(min_value=0, max_value=10**12)
lines = some.builds(
    PricedLine,
    material=some.sampled_from(["glass", "cardboard", "foam"]),
    net_grams=amounts,
    market_fen=amounts,
    subsidy_fen=amounts,
    operator_subsidy_fen=amounts,
    saved_co2e_grams=amounts,
    programme=some.just(PROGRAMME),
)


def bag(*priced: PricedLine) -> Priced:
    return Priced(household=ALICE, operator=OPERATOR, holder=COLLECTOR, period="2026", lines=priced)


def subsidised(priced: Priced) -> tuple[Posting, ...]:
    """What the subsidy room adds: the money behind the rest of the points."""
    fen = sum(line.subsidy_fen for line in priced.lines)
    return move(budget(PROGRAMME, priced.period), fund(), FEN, fen)


def test_the_worked_example_of_glass_and_cardboard():
    glass = PricedLine("glass", 5_200, 0, 52, 104, 1_582, PROGRAMME)
    cardboard = PricedLine("cardboard", 3_000, 240, 0, 0, 262, None)

    assert credited(bag(glass, cardboard)) == (
        Posting(source=operator_due(OPERATOR), target=fund(), asset=FEN, amount=240),
        Posting(source=green_issued(), target=green(ALICE), asset=GREEN, amount=292),
    )


@given(some.lists(lines, max_size=6))
def test_a_bag_is_backed_once_its_subsidy_is_drawn(priced):
    moves = (*credited(bag(*priced)), *subsidised(bag(*priced)))

    assert is_backed(moves)
    assert all(posting.amount > 0 for posting in moves)


@given(some.lists(lines, min_size=1, max_size=6))
def test_points_without_their_subsidy_are_not_backed(priced):
    assert is_backed(credited(bag(*priced))) == (sum(line.subsidy_fen for line in priced) == 0)


@given(amounts)
def test_redeeming_moves_points_and_leaves_their_fen(points):
    moves = redeemed(ALICE, SHOP, points)

    assert is_backed(moves)
    assert sum(posting.amount for posting in moves) == points
    assert {posting.target for posting in moves} <= {merchant_green(SHOP)}


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
