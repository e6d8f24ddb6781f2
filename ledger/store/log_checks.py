"""What must be true of a book's log, as `checks` says it of everything else."""

from ledger.store.checks import Check

LOG = (
    Check(
        "sealed",
        """
        select case when e.id is null then format('the log names entry %%s, which is not there', s.entry)
                    when s.entry is null then format('entry %%s has no position and waits for none', e.id)
                    else format('entry %%s is sealed and still waits for it', e.id) end
          from (select id from ledger.entry where book = %(book)s) e
          full join (select entry, count(*) as places
                       from (select entry from ledger.leaf where book = %(book)s
                              union all
                             select entry from ledger.unsealed where book = %(book)s) place
                      group by entry) s on s.entry = e.id
         where e.id is null or s.entry is null or s.places > 1
         order by coalesce(e.id, s.entry) limit 1
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
                               row_number() over in_order - 1 as due
                          from ledger.leaf where book = %(book)s window in_order as (order by position)) f
                 union all
                select g.size, format('the log says %%s entries until %%s, its leaves %%s until %%s',
                                      g.size, g.sealed_until, f.size, f.sealed_until)
                  from (select coalesce(max(size), 0) as size, max(sealed_until) as sealed_until
                          from ledger.log where book = %(book)s) g
                 cross join (select count(*) as size, max(sealed_at) as sealed_until
                               from ledger.leaf where book = %(book)s) f
                 where g.size <> f.size or (g.sealed_until >= f.sealed_until) is false) wrong
         where wrong.sentence is not null
         order by wrong.position limit 1
        """,
    ),
    Check(
        "order",
        """
        select format('entry %%s has version %%s of %%s and position %%s; the version before has %%s',
                      l.entry, l.version, a.path, l.position, coalesce(l.position_before::text, 'none'))
          from (select l.account, l.entry, l.version, f.position,
                       lag(f.position) over by_version as position_before,
                       lag(l.entry) over by_version as entry_before
                  from ledger.line l
                  left join ledger.leaf f on f.book = l.book and f.entry = l.entry
                 where l.book = %(book)s and l.version is not null
                window by_version as (partition by l.account, l.stripe order by l.version)) l
          join ledger.account a on a.book = %(book)s and a.id = l.account
         where l.entry_before is not null and l.position is not null
           and (l.position >= l.position_before) is not true
         order by l.position limit 1
        """,
    ),
    Check(
        "snapshots",
        """
        select format('%%s %%s: the snapshot at size %%s says %%s, the lines come to %%s', a.path, a.asset,
                      coalesce(s.size, due.size), coalesce(s.posted::text, 'nothing'),
                      coalesce(due.posted::text, 'nothing'))
          from (select l.account, (f.position / 256 + 1) * 256 as size,
                       sum(sum(l.amount)) over (partition by l.account order by f.position / 256) as posted
                  from ledger.leaf f
                  join ledger.line l on l.book = f.book and l.entry = f.entry
                 where f.book = %(book)s and l.version is null
                   and f.position < (select size / 256 * 256 from ledger.log where book = %(book)s)
                 group by l.account, f.position / 256) due
          full join (select account, size, posted from ledger.snapshot where book = %(book)s) s
            on s.account = due.account and s.size = due.size
          left join ledger.account a on a.book = %(book)s and a.id = coalesce(s.account, due.account)
         where s.posted is distinct from due.posted
         order by coalesce(s.size, due.size), a.path limit 1
        """,
    ),
)
