"""How a saving reads in the ledger."""

from backend.accounts.postings import CO2E, Posting, Priced, co2e, co2e_saved, move


def saved(priced: Priced) -> tuple[Posting, ...]:
    """Credit a household with the grams that its bag saves."""
    grams = sum(line.saved_co2e_grams for line in priced.lines)
    return move(co2e_saved(), co2e(priced.household), CO2E, grams)
