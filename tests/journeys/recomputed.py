"""Recompute a receipt from what is published alone: `{"lines", "price_list", "factors"}` in, amounts out."""

import json
import sys
from decimal import ROUND_HALF_UP, Decimal

told = json.load(sys.stdin, parse_float=Decimal)
rates = {rate["material"]: rate for rate in told["price_list"]["rates"]}
saved = {one["material"]: Decimal(one["credited_kg_per_kg"]) for one in told["factors"]["factors"]}
totals = {"market_fen": 0, "subsidy_fen": 0, "operator_subsidy_fen": 0, "saved_co2e_grams": 0}
for line in told["lines"]:
    rate, kg = rates[line["material"]], Decimal(line["gross_grams"] - line["tare_grams"]) / 1000
    paid = {"market_fen": kg * Decimal(rate["market_fen_per_kg"])}
    under_ceiling = min(kg, Decimal(rate["ceiling_grams"] or 10**12) / 1000)
    paid |= {"subsidy_fen": under_ceiling * Decimal(rate["subsidy_fen_per_kg"])}
    paid |= {"operator_subsidy_fen": under_ceiling * Decimal(rate["operator_fen_per_tonne"]) / 1000}
    paid |= {"saved_co2e_grams": kg * 1000 * saved[line["material"]]}
    totals = {name: was + int(paid[name].quantize(Decimal(1), ROUND_HALF_UP)) for name, was in totals.items()}
json.dump(totals, sys.stdout)
