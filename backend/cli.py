"""The commands of an installation: `python -m backend.cli COMMAND`."""

import re
import secrets
import sys
import time
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TextIO
from uuid import UUID

import click
import structlog

from backend import documents, migrations
from backend.accounts import jobs as accounts
from backend.accounts import service as accounting
from backend.carbon import queries as carbon
from backend.carbon.errors import NoFactorSet
from backend.identity import service as identity
from backend.identity.queries import StaffRole
from backend.kit import envelope, idempotency, jobs, logs, rotation, trail
from backend.kit.auth import Actor
from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.kit.starting import refuse_nonsense, refuse_unsafe
from backend.network import queries as network
from backend.settings import settings
from backend.staffing import jobs as staffing
from backend.webhooks import jobs as webhooks
from backend.weighing import service as weighing

API_DOCS = Path(__file__).parents[1] / "api_docs"
ROUNDS = (
    jobs.sweep,
    accounts.seal,
    accounts.look_after_lapses,
    accounts.audit_nightly,
    accounts.look_after_settlement,
    jobs.forget,
    idempotency.forget,
    staffing.forget,
    webhooks.forget,
)
"""What the clock does; of several clocks one gets through each."""
TICK_SECONDS = 1
"""How soon what was posted is sealed and signed; whatever is to happen less often claims its run."""
_ROLES: tuple[StaffRole, ...] = ("district_admin", "approver", "auditor", "operator_manager")

log = structlog.get_logger()


@click.group()
def cli() -> None:
    """Run and look after an installation of Lvzhang."""
    refuse_nonsense()
    logs.configure()


@cli.command()
def release() -> None:
    """Bring the database up to date and load the registers; in development also play the first story."""
    refuse_unsafe()
    owner_url = settings().database_owner_url
    if owner_url is None:
        raise click.UsageError("Set DATABASE_OWNER_URL: migrations run as the owner.")
    migrations.upgrade(owner_url)
    from seeds import load  # noqa: PLC0415 - the registers are data beside the platform, not a part of it
    from seeds.stories import yuhang_week  # noqa: PLC0415 - so is the story

    load.registers(say=click.echo)
    if settings().environment == "development":
        load.demo(say=click.echo)
        yuhang_week.play(say=click.echo)


@cli.command()
def clock() -> None:
    """Wake what is due, every few seconds, and clear away; of several clocks one gets through.

    RQ's own cron enqueues with pickle whatever its workers read, so the clock is a loop of ours.
    """
    refuse_unsafe()
    log.info("clock_started", every_seconds=TICK_SECONDS)
    accounts.keep_asking_witnesses(every_seconds=TICK_SECONDS)
    while True:
        for go in ROUNDS:
            try:
                go()
            except Exception:
                log.exception("round_failed", round=go.__qualname__)
        time.sleep(TICK_SECONDS)


@cli.group()
def admin() -> None:
    """Look after the people who look after the platform."""


@admin.command()
@click.option("--username", required=True)
@click.option("--name", required=True, help="the person's name")
@click.option("--district", required=True, help="a district code, such as 330110")
@click.option("--role", type=click.Choice(_ROLES), default="district_admin")
@click.option("--operator", type=UUID, help="whom a manager of an operator works for")
def create(username: str, name: str, district: str, role: StaffRole, operator: UUID | None) -> None:
    """Make a member of staff; the first password is made up and shown once."""
    if (role == "operator_manager") != (operator is not None):
        raise click.UsageError("--operator goes with --role operator_manager, and only with it.")
    password, at = secrets.token_urlsafe(12), utc_now()
    with transaction(districts=[district]) as db:
        person = identity.register_staff(
            db,
            username=username,
            password=password,
            name=name,
            role=role,
            district=district,
            organisation=operator,
            must_change=True,
            at=at,
        )
        subject, facts = f"person/{person}", {"role": role}
        trail.note(db, "colleague.entered", subject, by=Actor.system(district), after=facts, at=at)
    click.echo(f"{username} may sign in once with this password and then chooses another: {password}")


@admin.command()
@click.option("--username", required=True)
def reset(username: str) -> None:
    """Let in again who lost password or second factor: a new first password, shown once."""
    password = secrets.token_urlsafe(12)
    with transaction() as db:
        if not identity.reset_login(db, login=username, password=password, at=utc_now()):
            raise click.ClickException(f"Nobody signs in as {username}.")
    click.echo(f"{username} may sign in once with this password and then chooses another: {password}")


@cli.group()
def keys() -> None:
    """Look after the keys that personal data is sealed with."""


@keys.command()
def root() -> None:
    """Print LV_ROOT_KEY, wrapped by the current master key: to be set before that is first replaced."""
    click.echo(f"LV_ROOT_KEY={envelope.root_key()}")


@keys.command()
@click.option("--at-once", default=200, show_default=True, help="how many keys a transaction wraps")
def rotate(at_once: int) -> None:
    """Wrap every personal key with the current master key, while the platform runs; safe to repeat."""
    migrations.metadata()  # so that every table with keys is known
    with transaction(read_only=True) as db:
        districts = [district.code for district in network.districts(db)]
    done = 0
    for progress in rotation.rotate(districts, at_once=at_once):
        done += progress.keys
        click.echo(f"{progress.table}: {progress.keys} ({done} in all)")
    click.echo(f"Nothing is left that an old master key wraps; {done} wrapped anew.")
    if not envelope.root_is_current():
        click.echo("Before LV_MASTER_KEYS_OLD is emptied, set what `keys root` prints.")


@keys.command("log")
@click.option("--district", required=True, help="a district code, such as 330110")
@click.option("--retire", is_flag=True, help="let only the newest key sign from now on")
def log_key(district: str, *, retire: bool) -> None:
    """Make a new key that signs a district's log beside the one before; later, retire all but the newest."""
    with transaction(districts=[district]) as db:
        if retire:
            click.echo(f"{accounting.retire_log_keys(db, district, at=utc_now())} no longer sign.")
        else:
            click.echo(accounting.renew_log_key(db, district, at=utc_now()))


@cli.command()
@click.argument("numbers", type=click.File(encoding="utf-8"), default="-")
def reissued(numbers: TextIO) -> None:
    """Note which numbers the network gave to somebody new: NUMBERS has one a line, else they are typed in.

    Whoever signs in with one of them next proves first that they are who had it, or begins anew.
    """
    lines = (line for line in map(str.strip, numbers) if line)
    known = unreadable = 0
    while some := list(islice(lines, 1_000)):
        with transaction() as db:
            found = identity.reissue(db, some, at=utc_now())
        known, unreadable = known + found.known, unreadable + found.unreadable
    click.echo(f"{known} are known and noted; {unreadable} are no mobile numbers of mainland China.")


@cli.command()
@click.option("--district", required=True, help="a district code, such as 330110")
@click.option("--name", required=True, help="the set's name, such as lower_bound")
@click.option("--version", required=True, type=int)
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="the first day")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="the day after the last")
@click.option("--dry-run", is_flag=True, help="only tell what it would change, by material")
def recompute(
    *, district: str, name: str, version: int, since: datetime, until: datetime, dry_run: bool
) -> None:
    """Apply an approved set of carbon factors to past weighings, by entries beside theirs.

    What breaks off is run again and goes on; run once more, it posts nothing.
    """
    period = {"since": since.replace(tzinfo=CITY), "until": until.replace(tzinfo=CITY)}
    with transaction(districts=[district], read_only=True) as db:
        try:
            factors = carbon.factor_set_named(db, name, version)
        except NoFactorSet:
            raise click.ClickException(f"No set {name} {version} was approved.") from None
        for one in weighing.simulate(db, district, factors.lines, **period).materials:
            click.echo(
                f"{one.material:<24} {one.net_grams:>14,} g: {one.credited_co2e_grams:>12,} g CO2e credited,"
                f" {one.saved_co2e_grams:>12,} under the set ({one.change_co2e_grams:+,})"
            )
    last, done = None, 0
    while not dry_run:
        with transaction(districts=[district]) as db:
            step = weighing.recompute(db, district, factors, **period, at=utc_now(), after=last)
        last, done = step.last, done + step.weighings
        click.echo(
            f"{done:,} weighings: {step.posted:,} entries, +{step.added_co2e_grams:,}"
            f" -{step.taken_co2e_grams:,} g CO2e, {step.short_co2e_grams:,} g not there any more"
        )
        if last is None:
            break


@cli.command()
@click.option("--since-last", is_flag=True, help="read only what came after each book's last sound audit")
@click.option(
    "--against",
    multiple=True,
    type=click.File(encoding="utf-8", errors="replace"),
    help="a checkpoint kept elsewhere",
)
def audit(*, since_last: bool, against: tuple[TextIO, ...]) -> None:
    """Replay every book, and check that every point is backed by a fen. Exits 1 if something is wrong."""
    from backend.accounts import audit as check  # noqa: PLC0415 - no other command opens the books

    url = settings().database_auditor_url or settings().database_url
    sound = check.run(url, say=click.echo, since_last=since_last, against=[file.read() for file in against])
    sys.exit(0 if sound else 1)


@cli.command()
@click.option("--district", required=True, help="a district code, such as 330110")
@click.option("--format", "form", type=click.Choice(("beancount", "hledger", "csv")), required=True)
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="a file; else the screen")
def export(district: str, form: str, out: TextIO) -> None:
    """Write a district's book for somebody else's tools, which then check it by themselves."""
    from backend.accounts import export as books  # noqa: PLC0415 - no other command opens the books

    url = settings().database_auditor_url or settings().database_url
    if not books.write(url, district, form, out):
        raise click.ClickException(f"There is no district {district}.")


@cli.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--district", required=True, help="a district code, such as 330110")
@click.option("--from", "system", required=True, help="names the system that the balances come from")
@click.option("--dry-run", is_flag=True, help="only say what would be posted")
def open_balances(file: TextIO, district: str, system: str, dry_run: bool) -> None:
    """Open what households had in another system: a CSV with account, asset, balance. Safe to repeat."""
    from backend.accounts import opening  # noqa: PLC0415 - no other command opens the books

    if not re.fullmatch("[A-Za-z0-9_.-]{1,40}", system):
        raise click.UsageError("Name the system with up to 40 letters and digits of ASCII, as in old-app.")
    try:
        done = opening.run(district, file, system=system, dry_run=dry_run, at=utc_now(), say=click.echo)
    except UnicodeDecodeError as error:
        raise click.ClickException("The file is not UTF-8.") from error
    sys.exit(0 if done else 1)


@cli.command()
@click.option("--check", is_flag=True, help="only tell whether the committed documents are up to date")
def document(check: bool) -> None:
    """Write the API's documents from what runs: openapi.json, errors.md and roles.md."""
    for name, content in documents.written().items():
        file = API_DOCS / name
        if check and (not file.exists() or file.read_text() != content):
            raise click.ClickException(f"{name} is out of date; run: python -m backend.cli document")
        if not check:
            file.write_text(content)


if __name__ == "__main__":
    cli()
