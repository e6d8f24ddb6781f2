"""What must be true of accounts with lots, as `checks` says it of everything else."""

from ledger.store.checks import Check

LOTS = (
    Check(
        "lots",
        """
        select format('lot %%s of %%s has %%s, %%s held, until %%s; it should have %%s, %%s held, until %%s',
                      w.no,
                      coalesce(a.path, w.account::text),
                      w.posted, w.held, coalesce(w.expires_at::text, 'ever'),
                      w.due_posted, w.due_held, coalesce(w.due_expiry::text, 'ever'))
          from (select coalesce(l.account, s.account) as account, coalesce(l.no, s.lot) as no,
                       l.posted, l.held, l.expires_at,
                       coalesce(made.amount, 0) + coalesce(s.posted, 0) as due_posted,
                       coalesce(s.held, 0) as due_held,
                       case when s.dated then s.expires_at else made.expires_at end as due_expiry
                  from (select * from ledger.lot where book = %(book)s) l
                  full join (select account, lot,
                                    sum(case kind when 'drawn' then -amount when 'returned' then amount end)
                                        as posted,
                                    sum(case kind when 'pinned' then amount when 'settled' then -amount
                                                  when 'freed' then -amount end) as held,
                                    max(expires_at) as expires_at,
                                    bool_or(expires_at is not null) as dated
                               from ledger.lot_event where book = %(book)s group by account, lot) s
                    on s.account = l.account and s.lot = l.no
                  left join lateral (
                           select p.amount - (select coalesce(sum(r.amount), 0)
                                                from ledger.lot_event r
                                               where r.book = p.book and r.entry = p.entry
                                                 and r.posting = p.no and r.kind = 'returned') as amount,
                                  p.expires_at
                             from ledger.posting p
                            where p.book = %(book)s and p.target = l.account and p.target_stripe = 0
                              and p.target_version = l.no
                       ) as made on true) w
          left join ledger.account a on a.book = %(book)s and a.id = w.account
         where (w.posted, w.held, w.expires_at)
               is distinct from (w.due_posted::bigint, w.due_held::bigint, w.due_expiry)
         order by a.path, w.no limit 1
        """,
    ),
    Check(
        "lot_sums",
        """
        select format('%%s %%s: the balance is %%s with %%s held, its lots come to %%s with %%s held',
                      a.path, a.asset, b.posted, b.held, coalesce(l.posted, 0), coalesce(l.held, 0))
          from ledger.account a
          join ledger.balance b on b.book = a.book and b.account = a.id
          left join (select account, sum(posted) as posted, sum(held) as held
                       from ledger.lot where book = %(book)s group by account) l on l.account = a.id
         where a.book = %(book)s
           and case when a.lots then b.posted <> coalesce(l.posted, 0) or b.held <> coalesce(l.held, 0)
                    else l.account is not null end
         order by a.path, a.asset limit 1
        """,
    ),
    Check(
        "lot_events",
        """
        select wrong.sentence
          from (select e.entry, e.no,
                       format('event %%s of entry %%s is of no posting of its lot''s account', e.no, e.entry)
                       as sentence
                  from ledger.lot_event e
                  left join ledger.posting p on p.book = e.book and p.entry = e.entry and p.no = e.posting
                 where e.book = %(book)s and e.posting is not null
                   and e.account is distinct from case e.kind when 'drawn' then p.source else p.target end
                 union all
                select h.entry, null,
                       format('hold %%s has %%s left and pins %%s', h.id, h.remaining, coalesce(v.pinned, 0))
                  from ledger.hold h
                  join ledger.account a on a.book = h.book and a.id = h.account and a.lots
                  left join (select hold, sum(case kind when 'pinned' then amount else -amount end) as pinned
                               from ledger.lot_event
                              where book = %(book)s and hold is not null group by hold) v
                    on v.hold = h.id
                 where h.book = %(book)s and h.remaining <> coalesce(v.pinned, 0)) wrong
         order by wrong.entry, wrong.no limit 1
        """,
    ),
    Check(
        "draws",
        """
        select format('posting %%s of entry %%s draws %%s, from lots %%s',
                      p.no, p.entry, p.amount, coalesce(e.amount, 0))
          from ledger.posting p
          join ledger.account a on a.book = p.book and a.id = p.source and a.lots
          left join (select entry, posting, sum(amount) as amount from ledger.lot_event
                      where book = %(book)s and kind = 'drawn' group by entry, posting) e
            on e.entry = p.entry and e.posting = p.no
         where p.book = %(book)s and p.amount <> coalesce(e.amount, 0)
         order by p.entry, p.no limit 1
        """,
    ),
)
