"""What must be true of what came to a book since its log had a size that was audited before.

Each check looks at recent entries and at what they touch, so it costs what has come since, not what there is.
It follows each account's lines back to the last one that is older, and no further.
"""

from ledger.store.checks import Check

RECENT = (
    Check(
        "sealed",
        """
        select case when e.id is null then format('the log names entry %%s, which is not there', r.entry)
                    else format('entry %%s is sealed and still waits for it', e.id) end
          from (select entry, count(*) as places
                  from (select entry, 1 from ledger.recent(%(book)s, %(since)s)
                         union all
                        select f.entry, 2
                          from ledger.unsealed u
                          join ledger.leaf f on f.book = u.book and f.entry = u.entry
                         where u.book = %(book)s and f.position < %(since)s) place
                 group by entry) r
          left join ledger.entry e on e.book = %(book)s and e.id = r.entry
         where e.id is null or r.places > 1
         order by r.entry limit 1
        """,
    ),
    Check(
        "positions",
        """
        select wrong.sentence
          from (select f.position,
                       case when f.position <> f.due then format('position %%s is missing', f.due)
                            when f.sealed_at < f.sealed_before
                            then format('position %%s is sealed before %%s', f.position, f.position - 1)
                            end as sentence
                  from (select position, sealed_at, lag(sealed_at) over in_order as sealed_before,
                               %(since)s + row_number() over in_order - 1 as due
                          from ledger.leaf where book = %(book)s and position >= %(since)s
                        window in_order as (order by position)) f
                 union all
                select g.size, format('the log says %%s entries, its leaves %%s, and %%s were audited',
                                      g.size, f.size, %(since)s)
                  from (select coalesce(max(size), 0) as size
                          from ledger.log where book = %(book)s) g
                 cross join (select coalesce(max(position) + 1, 0) as size
                               from ledger.leaf where book = %(book)s) f
                 where g.size <> f.size or g.size < %(since)s) wrong
         where wrong.sentence is not null
         order by wrong.position limit 1
        """,
    ),
    Check(
        "accounts",
        """
        select case when a.id is null
                    then format('posting %%s of entry %%s names account %%s, which is not there',
                                l.no, l.entry, l.account)
                    else format('posting %%s of entry %%s moves %%s through %%s, an account of %%s',
                                l.no, l.entry, l.asset, a.path, a.asset) end
          from ledger.recent_lines(%(book)s, %(since)s) l
          left join ledger.account a on a.book = %(book)s and a.id = l.account
         where a.id is null or a.asset <> l.asset
         order by l.entry, l.no limit 1
        """,
    ),
    Check(
        "versions",
        """
        select format('entry %%s, posting %%s: %%s has version %%s and balance %%s after a change of %%s; '
                      'the version before it has %%s',
                      l.entry, l.no, a.path, l.version, l.after, l.amount, coalesce(b.after::text, 'none'))
          from ledger.recent_lines(%(book)s, %(since)s) l
          join ledger.account a on a.book = %(book)s and a.id = l.account
          left join lateral ledger.line_of(%(book)s, l.account, l.stripe, l.version - 1) b on true
         where case when not a.bounded then l.version is not null
                    else l.version is null
                         or l.after - l.amount is distinct from case l.version when 1 then 0 else b.after end
                         or (select count(*) > 1
                               from ledger.line_of(%(book)s, l.account, l.stripe, l.version) twin) end
         order by l.entry, l.no limit 1
        """,
    ),
    Check(
        "order",
        """
        select format('entry %%s has version %%s of %%s and position %%s; the version before has %%s',
                      l.entry, l.version, a.path, l.position, coalesce(f.position::text, 'none'))
          from ledger.recent_lines(%(book)s, %(since)s) l
          join ledger.account a on a.book = %(book)s and a.id = l.account
         cross join lateral ledger.line_of(%(book)s, l.account, l.stripe, l.version - 1) b
          left join ledger.leaf f on f.book = %(book)s and f.entry = b.entry
         where l.position is not null and (f.position <= l.position) is not true
         order by l.position limit 1
        """,
    ),
    Check(
        "floors",
        """
        select format('after entry %%s, %%s has %%s', l.entry, a.path, l.after)
          from ledger.recent_lines(%(book)s, %(since)s) l
          join ledger.account a on a.book = %(book)s and a.id = l.account
          left join lateral ledger.line_of(%(book)s, l.account, l.stripe, l.version + 1) n on true
         where l.after < 0 and n.entry is distinct from l.entry
         order by l.entry limit 1
        """,
    ),
    Check(
        "balances",
        """
        select format('%%s %%s: the balance is %%s at version %%s, the last line says %%s at version %%s',
                      a.path, a.asset, b.posted, b.version, l.after, l.version)
          from (select distinct on (account, stripe) account, stripe, version, after
                  from ledger.recent_lines(%(book)s, %(since)s) where version is not null
                 order by account, stripe, version desc) l
          join ledger.account a on a.book = %(book)s and a.id = l.account
          left join ledger.balance b
            on b.book = %(book)s and b.account = l.account and b.stripe = l.stripe
         where (b.posted, b.version) is distinct from (l.after, l.version)
         order by a.path, a.asset limit 1
        """,
    ),
    Check(
        "held",
        """
        select format('%%s %%s: %%s is held, open holds come to %%s', a.path, a.asset, b.held, h.total)
          from (select account from ledger.recent_lines(%(book)s, %(since)s) where version is not null
                 union
                select h.account
                  from ledger.recent(%(book)s, %(since)s) r
                  join ledger.hold_event v on v.book = %(book)s and v.entry = r.entry
                  join ledger.hold h on h.book = v.book and h.id = v.hold) touched
          join ledger.account a on a.book = %(book)s and a.id = touched.account
          join ledger.balance b on b.book = %(book)s and b.account = touched.account
         cross join lateral (
                   select coalesce(sum(remaining), 0) as total from ledger.hold
                    where book = %(book)s and account = b.account and stripe = b.stripe and state = 'open'
               ) h
         where b.held <> h.total
         order by a.path, a.asset limit 1
        """,
    ),
    Check(
        "lot_sums",
        """
        select format('%%s %%s: the balance is %%s with %%s held, its lots come to %%s with %%s held',
                      a.path, a.asset, b.posted, b.held, l.posted, l.held)
          from (select distinct account
                  from ledger.recent_lines(%(book)s, %(since)s) where version is not null) touched
          join ledger.account a on a.book = %(book)s and a.id = touched.account and a.lots
          join ledger.balance b on b.book = %(book)s and b.account = a.id
         cross join lateral (
                   select coalesce(sum(posted), 0) as posted, coalesce(sum(held), 0) as held
                     from ledger.lot where book = %(book)s and account = a.id
               ) l
         where (b.posted, b.held) is distinct from (l.posted::bigint, l.held::bigint)
         order by a.path, a.asset limit 1
        """,
    ),
    Check(
        "snapshots",
        """
        select format('%%s %%s: the snapshot at size %%s says %%s, the one before and the lines between %%s',
                      a.path, a.asset, coalesce(s.size, due.size), coalesce(s.posted::text, 'nothing'),
                      coalesce((coalesce(before.posted, 0) + due.amount)::text, 'nothing'))
          from (select c.account, (f.position / 256 + 1) * 256 as size, sum(c.amount) as amount
                  from ledger.leaf f
                 cross join lateral ledger.change(%(book)s, f.entry) c
                 where f.book = %(book)s and f.position >= %(since)s / 256 * 256
                   and f.position < (select size / 256 * 256 from ledger.log where book = %(book)s)
                 group by 1, 2) due
          full join (select account, size, posted
                       from ledger.snapshot where book = %(book)s and size > %(since)s) s
            on s.account = due.account and s.size = due.size
          left join lateral (
                   select posted from ledger.snapshot
                    where book = %(book)s and account = due.account and size < due.size
                    order by size desc limit 1
               ) before on true
          left join ledger.account a on a.book = %(book)s and a.id = coalesce(s.account, due.account)
         where s.posted is distinct from coalesce(before.posted, 0) + due.amount
         order by coalesce(s.size, due.size), a.path limit 1
        """,
    ),
)

POSTINGS = """
select asset, count(*)
  from ledger.recent_lines(%(book)s, %(since)s)
 where amount > 0 and no > 0
 group by asset
"""
