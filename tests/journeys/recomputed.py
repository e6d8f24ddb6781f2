"""Recompute a receipt from what is published alone: `{"lines", "price_list", "factors"}` in, amounts out.

One line each, as receipts have them: fen of the market, of subsidy, of the operator, grams of CO2e saved.
A ceiling is a month's; whole it is for a household's first line of that material.
"""

import json
import sys
from decimal import ROUND_HALF_UP, Decimal


def whole(amount: Decimal, rate: str) -> int:
    return int((amount * Decimal(rate)).to_integral_value(ROUND_HALF_UP))


told = json.load(sys.stdin)
rates = {rate["material"]: rate for rate in told["price_list"]["rates"]}
saved = {one["material"]: one["credited_kg_per_kg"] for one in told["factors"]["factors"]}
for line in told["lines"]:
    rate, grams = rates[line["material"]], Decimal(line["gross_grams"] - line["tare_grams"])
    paid = min(grams, rate["ceiling_grams"] or grams)
    fen = whole(grams / 1000, rate["market_fen_per_kg"]), whole(paid / 1000, rate["subsidy_fen_per_kg"])
    print(*fen, whole(paid / 10**6, rate["operator_fen_per_tonne"]), whole(grams, saved[line["material"]]))
