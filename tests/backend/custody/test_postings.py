"""How mass reads in the ledger."""

from collections import Counter

from hypothesis import given

from backend.accounts.postings import Posting, Priced
from backend.custody.postings import collected
from tests.makers import a_priced_bag, priced_bags


def test_the_worked_example_to_the_gram():
    bag = a_priced_bag()
    in_hand = f"holder/{bag.holder}"

    assert collected(bag) == (
        Posting(source="homes", target=in_hand, asset="MASS/glass", amount=5_200),
        Posting(source="homes", target=in_hand, asset="MASS/cardboard", amount=3_000),
    )


@given(priced_bags())
def test_each_material_moves_once_and_whole(bag: Priced):
    grams = Counter[str]()
    for line in bag.lines:
        grams[f"MASS/{line.material}"] += line.net_grams
    moved = {posting.asset: posting.amount for posting in collected(bag)}

    assert len(moved) == len(collected(bag))
    assert moved == {asset: amount for asset, amount in grams.items() if amount}
