"""How mass reads in the ledger."""

from collections import Counter

from backend.accounts.postings import Posting, Priced, holder, homes, mass, move


def collected(priced: Priced) -> tuple[Posting, ...]:
    """Hand a bag over: each material moves from homes to whoever holds it now."""
    grams: Counter[str] = Counter()
    for line in priced.lines:
        grams[line.material] += line.net_grams
    return tuple(
        posting
        for material, net_grams in grams.items()
        for posting in move(homes(), holder(priced.holder), mass(material), net_grams)
    )
