"""The least that a web server can do for a posting: one Flask route, SQLAlchemy Core, and the yardstick."""

import os
import random

from flask import Flask
from sqlalchemy import create_engine, text

from backend.kit.db import dialect

ACCOUNTS = 100_000
_POST = text(
    """
    with b as (
        update accounts set balance = balance + :amount
         where id = :account and balance + :amount >= 0 returning id
    ), t as (
        insert into transactions (kind) select 1 from b returning id
    )
    insert into entries (transaction_id, account_id, amount)
    select t.id, v.a, v.x
      from t, (values (:account ::bigint, :amount ::bigint), (0::bigint, - :amount ::bigint)) v (a, x)
    """
)


def create_app() -> Flask:
    """Make the application; it knows nobody and checks nothing."""
    app = Flask(__name__)
    engine = create_engine(
        dialect(os.environ["DATABASE_OWNER_URL"]), connect_args={"options": "-c search_path=yardstick"}
    )

    @app.get("/readyz")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.post("/postings")
    def post() -> dict[str, int]:
        amount = random.randint(1, 100)
        with engine.begin() as connection:
            connection.execute(_POST, {"account": random.randint(1, ACCOUNTS), "amount": amount})
        return {"amount": amount}

    return app
