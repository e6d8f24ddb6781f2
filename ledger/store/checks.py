"""What must be true of a book and of the schema: each check is a query for the first row that is wrong."""

from typing import NamedTuple

from ledger.store import links


class Check(NamedTuple):
    """A check: its name, and a query that gives one column, what is wrong with the first wrong row."""

    name: str
    query: str


# Those with a chart, and those with entries: a step from one to the next, not a walk through all entries.
BOOKS = """
with recursive entered as (
    select min(book) as book from ledger.entry
     union all
    select (select min(e.book) from ledger.entry e where e.book > entered.book)
      from entered where book is not null
)
select book from entered where book is not null
 union
select book from ledger.chart
 order by book
"""

SCHEMA = (
    Check(
        "triggers",
        """
        select format('the trigger %%s on ledger.%%s is missing or asleep', wanted.name, wanted.place)
          from (values ('append_only', 'entry', 'refuse_rewriting', 58),
                       ('append_only', 'posting', 'refuse_rewriting', 58),
                       ('append_only', 'hold_event', 'refuse_rewriting', 58),
                       ('append_only', 'lot_event', 'refuse_rewriting', 58),
                       ('append_only', 'leaf', 'refuse_rewriting', 58),
                       ('append_only', 'checkpoint', 'refuse_rewriting', 58),
                       ('append_only', 'cosignature', 'refuse_rewriting', 58),
                       ('never_forgotten', 'tile', 'refuse_rewriting', 42),
                       ('only_grows', 'tile', 'refuse_regrowing', 19),
                       ('never_changed', 'salt', 'refuse_rewriting', 50),
                       ('erased_only', 'salt', 'refuse_forgetting', 11),
                       ('append_only', 'snapshot', 'refuse_rewriting', 58),
                       ('append_only', 'status_change', 'refuse_rewriting', 58),
                       ('append_only', 'audited', 'refuse_rewriting', 58),
                       ('never_forgotten', 'hold', 'refuse_rewriting', 42),
                       ('terminal_is_terminal', 'hold', 'refuse_reviving', 19)
               ) as wanted (name, place, verb, events)
         where not exists (
                   select
                     from pg_trigger t
                     join pg_proc f on f.oid = t.tgfoid
                    where t.tgrelid = to_regclass('ledger.' || wanted.place)
                      and t.tgname = wanted.name
                      and f.pronamespace = 'ledger'::regnamespace and f.proname = wanted.verb
                      and t.tgenabled = 'A' and t.tgtype = wanted.events
                      and t.tgqual is null and t.tgattr = ''
               )
         limit 1
        """,
    ),
    Check(
        "constraints",
        """
        select format('the constraint %%s is missing or does not hold', wanted.name)
          from (values ('entry_pkey'), ('entry_once'), ('entry_reversed_once'),
                       ('posting_pkey'), ('posting_moves'), ('posting_amount_check'),
                       ('account_pkey'), ('account_once'), ('balance_pkey'), ('balance_floor'),
                       ('hold_pkey'), ('hold_event_pkey'), ('lot_pkey'), ('lot_floor'), ('lot_event_pkey'),
                       ('log_pkey'), ('leaf_pkey'), ('leaf_once'), ('unsealed_pkey'),
                       ('tile_pkey'), ('salt_pkey'), ('checkpoint_pkey'), ('cosignature_pkey'),
                       ('snapshot_pkey'), ('status_change_pkey')
               ) as wanted (name)
         where not exists (
                   select from pg_constraint c
                    where c.connamespace = 'ledger'::regnamespace and c.conname = wanted.name
                      and c.convalidated
               )
           and not exists (
                   select from pg_index i
                     join pg_class c on c.oid = i.indexrelid
                    where c.relnamespace = 'ledger'::regnamespace and c.relname = wanted.name
                      and i.indisunique and i.indisvalid
               )
         limit 1
        """,
    ),
    Check(
        "grants",
        """
        select format('%%s may %%s on ledger.%%s',
                      coalesce(r.rolname, 'everyone'), given.privilege_type, c.relname)
          from pg_class c
         cross join lateral (
                   select a.grantee, a.privilege_type from aclexplode(c.relacl) a
                    union all
                   select a.grantee, a.privilege_type
                     from pg_attribute t cross join lateral aclexplode(t.attacl) a
                    where t.attrelid = c.oid
               ) given
          left join pg_roles r on r.oid = given.grantee
         where c.relnamespace = 'ledger'::regnamespace and c.relkind in ('r', 'p', 'v')
           and given.grantee <> c.relowner and given.privilege_type <> 'SELECT'
           and not exists (select from pg_proc f
                            where f.oid = 'ledger.post'::regproc and f.proowner = r.oid and not r.rolcanlogin)
         order by c.relname, given.privilege_type
         limit 1
        """,
    ),
)

BOOK = (
    Check(
        "keys",
        """
        select format('key %%s stands under %%s entries', key, count(*))
          from ledger.entry where book = %(book)s group by key having count(*) > 1 order by key limit 1
        """,
    ),
    Check(
        "reversals",
        """
        select case when other.id is null
                    then format('entry %%s reverses %%s, which is not there', e.id, e.reverses)
                    else format('entry %%s is reversed more than once', e.reverses) end
          from (select id, reverses, row_number() over (partition by reverses order by id) as nth
                  from ledger.entry where book = %(book)s and reverses is not null) e
          left join ledger.entry other on other.book = %(book)s and other.id = e.reverses
         where other.id is null or e.nth > 1
         order by e.id limit 1
        """,
    ),
    Check(
        "orphans",
        """
        select format('posting %%s of entry %%s belongs to no entry', p.no, p.entry)
          from ledger.posting p
          left join ledger.entry e on e.book = p.book and e.id = p.entry
         where p.book = %(book)s and e.id is null
         order by p.entry, p.no limit 1
        """,
    ),
    Check(
        "accounts",
        """
        select format('posting %%s of entry %%s names account %%s, which is not there',
                      l.no, l.entry, l.account)
          from ledger.line l
          left join ledger.account a on a.book = l.book and a.id = l.account
         where l.book = %(book)s and a.id is null
         order by l.entry, l.no limit 1
        """,
    ),
    Check(
        "assets",
        """
        select format('posting %%s of entry %%s moves %%s through %%s, an account of %%s',
                      l.no, l.entry, l.asset, a.path, a.asset)
          from ledger.line l
          join ledger.account a on a.book = l.book and a.id = l.account
         where l.book = %(book)s and a.asset <> l.asset
         order by l.entry, l.no limit 1
        """,
    ),
    Check(
        "versions",
        """
        select format('entry %%s, posting %%s: %%s has version %%s and balance %%s; before came version %%s, '
                      'balance %%s and a change of %%s',
                      l.entry, l.no, a.path, l.version, l.after, l.version_before, l.after_before, l.amount)
          from (select account, entry, no, amount, version, after,
                       lag(version, 1, 0::bigint) over by_version as version_before,
                       lag(after, 1, 0::bigint) over by_version as after_before
                  from ledger.line where book = %(book)s
                window by_version as (partition by account, stripe order by version)) l
          join ledger.account a on a.book = %(book)s and a.id = l.account
         where case when a.bounded
                    then l.version is distinct from l.version_before + 1
                         or l.after is distinct from l.after_before + l.amount
                    else l.version is not null end
         order by l.entry, l.no limit 1
        """,
    ),
    Check(
        "floors",
        """
        select format('after entry %%s, %%s has %%s', l.entry, a.path, l.after)
          from (select account, entry, after, version,
                       lead(entry) over (partition by account, stripe order by version) as entry_after
                  from ledger.line where book = %(book)s and version is not null) l
          join ledger.account a on a.book = %(book)s and a.id = l.account
         where l.after < 0 and l.entry_after is distinct from l.entry
         order by l.entry limit 1
        """,
    ),
    Check(
        "balances",
        """
        select format('%%s %%s: the balance is %%s at version %%s, the lines come to %%s at version %%s',
                      a.path, a.asset, b.posted, b.version, coalesce(l.total, 0), coalesce(l.version, 0))
          from (select id, path, asset, bounded, stripes from ledger.account where book = %(book)s) a
          full join (select account, stripe, posted, version from ledger.balance where book = %(book)s) b
            on b.account = a.id
          left join (select account, stripe, sum(amount) as total, max(version) as version
                       from ledger.line where book = %(book)s and version is not null
                      group by account, stripe) l
            on l.account = coalesce(b.account, a.id) and l.stripe = coalesce(b.stripe, 0)
         where a.bounded is distinct from (b.account is not null)
            or b.posted <> coalesce(l.total, 0)
            or b.version <> coalesce(l.version, 0)
            or a.stripes is distinct from (select count(*) from ledger.balance s
                                            where s.book = %(book)s and s.account = a.id and s.stripe > 0)
         order by a.path, a.asset limit 1
        """,
    ),
    Check(
        "held",
        """
        select format('%%s %%s: %%s is held, open holds come to %%s',
                      a.path, a.asset, b.held, coalesce(h.total, 0))
          from ledger.balance b
          join ledger.account a on a.book = b.book and a.id = b.account
          left join (select account, stripe, sum(remaining) as total
                       from ledger.hold where book = %(book)s and state = 'open' group by account, stripe) h
            on h.account = b.account and h.stripe = b.stripe
         where b.book = %(book)s and b.held <> coalesce(h.total, 0)
         order by a.path, a.asset limit 1
        """,
    ),
    Check(
        "holds",
        """
        select format('hold %%s is %%s with %%s left, which its events do not say', coalesce(h.id, v.hold),
                      coalesce(h.state, 'missing'), h.remaining)
          from (select * from ledger.hold where book = %(book)s) h
          full join (select hold,
                            count(*) as events,
                            max(no) as last_no,
                            min(entry::text) filter (where no = 1 and kind = 'reserved') as maker,
                            sum(amount) filter (where kind = 'reserved') as made,
                            sum(amount) filter (where kind <> 'reserved') as gone,
                            (array_agg(kind order by no desc) filter (where amount > 0))[1] as last_kind
                       from ledger.hold_event where book = %(book)s group by hold) v
            on v.hold = h.id
         where h.id is null or v.hold is null
            or v.events <> h.version or v.last_no <> h.version
            or v.maker is distinct from h.entry::text
            or v.made <> h.amount
            or h.remaining <> h.amount - coalesce(v.gone, 0)
            or (h.state <> 'open' and h.state <> v.last_kind)
            or (h.state = 'open') <> (h.remaining > 0)
         order by coalesce(h.id, v.hold) limit 1
        """,
    ),
    Check(
        "hold_events",
        """
        select format('event %%s of hold %%s belongs to no entry', v.no, v.hold)
          from ledger.hold_event v
          left join ledger.entry e on e.book = v.book and e.id = v.entry
         where v.book = %(book)s and e.id is null
         order by v.hold, v.no limit 1
        """,
    ),
    Check("links", links.HALVES),
)

# What each asset comes to: nothing, if nothing was made or lost. An account with a floor counts by its
# balance, another one by its last snapshot and what came after it.
SUMS = """
select a.asset,
       count(*) as accounts,
       sum(coalesce(b.posted, 0) + coalesce(s.posted, 0) + coalesce(t.amount, 0)) as total
  from ledger.account a
  left join (select account, sum(posted) as posted
               from ledger.balance where book = %(book)s group by account) b on b.account = a.id
  left join lateral (
           select posted from ledger.snapshot
            where book = %(book)s and account = a.id and not a.bounded order by size desc limit 1
       ) s on true
  left join ledger.tail(%(book)s) t on t.account = a.id
 where a.book = %(book)s
 group by a.asset
 order by a.asset
"""

POSTINGS = """
select asset, count(*) from ledger.posting where book = %(book)s and no > 0 group by asset
"""
