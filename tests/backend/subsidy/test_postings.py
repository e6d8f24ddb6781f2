"""How a bag's subsidies read in the ledger."""

from collections import Counter

from hypothesis import given

from backend.accounts.postings import FEN, Posting, Priced
from backend.subsidy.postings import budget_path, drawn, wanted
from tests.makers import PROGRAMME, a_priced_bag, priced_bags


def test_the_worked_example_to_the_fen():
    bag = a_priced_bag()
    budget = budget_path(PROGRAMME, "2026")

    assert drawn(bag) == (
        Posting(source=budget, target="fund", asset=FEN, amount=52),
        Posting(source=budget, target=f"operator/{bag.operator}/subsidy", asset=FEN, amount=104),
    )
    assert wanted(bag) == {PROGRAMME: 156}


@given(priced_bags())
def test_what_is_drawn_is_what_was_wanted(bag: Priced):
    taken = Counter[str]()
    for posting in drawn(bag):
        taken[posting.source] += posting.amount

    assert taken == {budget_path(programme, bag.period): fen for programme, fen in wanted(bag).items()}


@given(priced_bags())
def test_fund_and_operator_get_exactly_their_sums(bag: Priced):
    given_to = Counter[str]()
    for posting in drawn(bag):
        assert posting.asset == FEN
        given_to[posting.target] += posting.amount

    assert given_to["fund"] == sum(line.subsidy_fen for line in bag.lines)
    assert given_to[f"operator/{bag.operator}/subsidy"] == sum(
        line.operator_subsidy_fen for line in bag.lines
    )
    assert given_to.total() == sum(wanted(bag).values())
