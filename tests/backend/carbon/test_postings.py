"""How a saving reads in the ledger."""

from hypothesis import given

from backend.accounts.postings import CO2E, Posting, Priced
from backend.carbon.postings import saved
from tests.makers import a_priced_bag, priced_bags


def test_the_worked_example_to_the_gram():
    bag = a_priced_bag()

    assert saved(bag) == (
        Posting(
            source="co2e/saved", target=f"household/{bag.household}/co2e", asset=CO2E, amount=1_582 + 262
        ),
    )


@given(priced_bags())
def test_the_lines_are_summed_and_nothing_is_left_out(bag: Priced):
    grams = sum(line.saved_co2e_grams for line in bag.lines)

    assert [posting.amount for posting in saved(bag)] == ([grams] if grams else [])
