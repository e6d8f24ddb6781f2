-- Reports by business time. What an account had at a time is what it has, less everything that came later: lines
-- of entries whose time is later, and whatever the log had not taken in at the size that the report is as of. So
-- a back-dated entry counts on its day, and a report of the same size is the same for ever.

create index entry_at on ledger.entry using brin (at) with (autosummarize = on);

create function ledger.turnover(
    the_book       text,
    path_pattern   text,
    asset_pattern  text,
    since          timestamptz,
    until          timestamptz,
    the_size       bigint
) returns table (
    path      text,
    asset     text,
    opening   numeric,
    incoming  numeric,
    outgoing  numeric
)
language sql stable
as $$
    with named as materialized (
        select a.id, a.path, a.asset, a.bounded
          from ledger.account a
         where a.book = the_book
           and ledger.matches(path_pattern, a.path) and ledger.matches(asset_pattern, a.asset)
    ), tail as materialized (
        select t.account, t.amount from ledger.tail(the_book) t
    ), later as (
        select e.id, coalesce(f.position < the_size, false) and e.at >= since and e.at < until as counts
          from ledger.entry e
          left join ledger.leaf f on f.book = e.book and f.entry = e.id
         where e.book = the_book and e.at >= since
         union all
        select e.id, false
          from (select f.entry from ledger.leaf f where f.book = the_book and f.position >= the_size
                 union all
                select u.entry from ledger.unsealed u where u.book = the_book) beyond
          join ledger.entry e on e.book = the_book and e.id = beyond.entry and e.at < since
    ), moved as (
        select l.account,
               sum(l.amount) as amount,
               sum(l.amount) filter (where later.counts and l.amount > 0) as incoming,
               -sum(l.amount) filter (where later.counts and l.amount < 0) as outgoing
          from later
          join ledger.line l on l.book = the_book and l.entry = later.id and l.no > 0
         where l.account in (select named.id from named)
         group by l.account
    )
    select named.path, named.asset,
           case when named.bounded
                then (select sum(b.posted) from ledger.balance b where b.book = the_book and b.account = named.id)
                else coalesce((select s.posted from ledger.snapshot s
                                where s.book = the_book and s.account = named.id order by s.size desc limit 1), 0)
                     + coalesce((select tail.amount from tail where tail.account = named.id), 0)
                end - coalesce(moved.amount, 0),
           coalesce(moved.incoming, 0),
           coalesce(moved.outgoing, 0)
      from named
      left join moved on moved.account = named.id
     order by named.path collate "C", named.asset collate "C"
$$;
