"""What must be true of what became of accounts, as `checks` says it of everything else."""

from ledger.store.checks import Check

STATUS = (
    Check(
        "status",
        """
        select case when a.id is null
                    then format('change %%s is one of account %%s, which is not there', s.no, s.account)
                    when a.status <> coalesce(s.status, 'open')
                    then format('%%s %%s is %%s, its last change says %%s', a.path, a.asset, a.status,
                                coalesce(s.status, 'open'))
                    when b.misled
                    then format('a balance of %%s %%s does not say that it is %%s', a.path, a.asset, a.status)
                    when s.changes <> s.no then format('a change of %%s %%s is missing', a.path, a.asset)
                    when s.closed_at < s.no
                    then format('%%s %%s was changed after it was closed', a.path, a.asset)
                    else format('%%s %%s is closed and has %%s', a.path, a.asset, b.has) end
          from (select * from ledger.account where book = %(book)s) a
          full join (select account, max(no) as no, count(*) as changes,
                            (array_agg(status order by no desc))[1] as status,
                            min(no) filter (where status = 'closed') as closed_at
                       from ledger.status_change where book = %(book)s group by account) s
            on s.account = a.id
          left join lateral (
                   select sum(posted) as has,
                          bool_or(bar is distinct from nullif(a.status, 'open')) as misled
                     from ledger.balance where book = %(book)s and account = a.id
               ) b on true
         where a.id is null
            or a.status <> coalesce(s.status, 'open')
            or b.misled
            or s.changes <> s.no or s.closed_at < s.no
            or (a.status = 'closed' and b.has <> 0)
         order by a.path nulls first, a.asset limit 1
        """,
    ),
)
