"""A receipt for a terminal: every line, what each amount follows from, and the sum."""

from backend.weighing.queries import Receipt


def printed(receipt: Receipt) -> str:
    """Lay a receipt out so that it can be added up by hand."""
    rates = receipt.price_list.rates
    names = {line.material.key: line.material for line in receipt.price_list.lines}
    rows = [
        f"Receipt {receipt.weighing.id}",
        f"price list {receipt.price_list.number}, carbon factors {receipt.factors.name}"
        f" {receipt.factors.version}, ledger entry {receipt.weighing.entry}",
        "",
    ]
    for line in receipt.lines:
        rate, factor = rates[line.material], receipt.factors.factors.get(line.material)
        name = names[line.material]
        rows += [
            f"{name.name_zh} {name.name_en}: {line.gross_grams} − {line.tare_grams} = {line.net_grams} g",
            f"  market value      {line.net_grams} g × {rate.market_fen_per_kg} fen/kg"
            f" = {line.market_fen} fen   ({rate.market_basis.en})",
        ]
        if rate.subsidy_basis is not None:
            rows += [
                f"  subsidy           {line.subsidised_grams} g × {rate.subsidy_fen_per_kg} fen/kg"
                f" = {line.subsidy_fen} fen   ({rate.subsidy_basis.en})",
                f"  to the operator   {line.subsidised_grams} g × {rate.operator_fen_per_tonne} fen/t"
                f" = {line.operator_subsidy_fen} fen",
            ]
        if factor is None or factor.none_found:
            rows.append("  carbon            no factor was found, so none is counted")
        else:
            rows.append(
                f"  carbon            {line.net_grams} g × {factor.credited_kg_per_kg} kg/kg"
                f" = {line.saved_co2e_grams} g CO2e   ({factor.source}, {factor.clause})"
            )
    points = [line.green_points for line in receipt.lines]
    saved = [line.saved_co2e_grams for line in receipt.lines]
    rows += [
        "",
        f"green points   {' + '.join(map(str, points))} = {sum(points)}   (1 point = 1 fen of reward)",
        f"carbon account {' + '.join(map(str, saved))} = {sum(saved)} g CO2e",
    ]
    return "\n".join(rows)
