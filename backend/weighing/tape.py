"""The tape of quotes: what each line was promised and gave back, in order, for whoever replays it."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.weighing.models import Weighing, WeighingLine

QUOTED = "quote.held"

_WRITE = text(
    """
    insert into quote_step
           (district, seq, line, kind, weighing, no, at, material, net_grams, market_fen, subsidised_grams,
            subsidy_fen, operator_subsidy_fen, saved_co2e_grams, programme, queued_fen, queued_operator_fen)
    select :district, drawn.seq, one.line, :kind, :weighing, one.no, :at, one.material, one.net_grams,
           one.market_fen, one.subsidised_grams, one.subsidy_fen, one.operator_subsidy_fen,
           one.saved_co2e_grams, one.programme, one.queued_fen, one.queued_operator_fen
      from (select nextval('quote_step_seq') as seq) as drawn
     cross join jsonb_to_recordset(cast(:lines as jsonb)) as one
           (line uuid, no bigint, material text, net_grams bigint, market_fen bigint, subsidised_grams bigint,
            subsidy_fen bigint, operator_subsidy_fen bigint, saved_co2e_grams bigint, programme uuid,
            queued_fen bigint, queued_operator_fen bigint)
    """
)


def write(db: Session, weighing: Weighing, lines: Sequence[WeighingLine], *, kind: str, at: datetime) -> None:
    """Write a step down, after the last lock of its transaction, as its number is its place."""
    if not lines:
        return
    step = {"district": weighing.district, "weighing": weighing.id, "kind": kind, "at": at}
    db.execute(_WRITE, {**step, "lines": json.dumps([_said(line) for line in lines])})


def _said(line: WeighingLine) -> dict[str, int | str | None]:
    return {
        "line": str(line.id),
        "no": line.no,
        "material": line.material,
        "net_grams": line.net_grams,
        "market_fen": line.market_fen,
        "subsidised_grams": line.subsidised_grams,
        "subsidy_fen": line.subsidy_fen,
        "operator_subsidy_fen": line.operator_subsidy_fen,
        "saved_co2e_grams": line.saved_co2e_grams,
        "programme": str(line.programme) if line.programme else None,
        "queued_fen": line.queued_fen,
        "queued_operator_fen": line.queued_operator_fen,
    }
