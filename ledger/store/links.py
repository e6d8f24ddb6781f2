"""Where the halves of a linked entry do not meet; asked from either book, of which both must be in sight."""

HALVES = """
with place as (
    select id, path, asset,
           case %(book)s when split_part(path, '/', 2) then split_part(path, '/', 3)
                         when split_part(path, '/', 3) then split_part(path, '/', 2) end as there
      from ledger.account
     where book = %(book)s and ledger.matches('transit/*/*', path)
), here as (
    select place.path, place.asset, place.there, line.entry, sum(line.amount) as amount
      from place
      join ledger.line on line.book = %(book)s and line.account = place.id
     group by place.path, place.asset, place.there, line.entry
)
select format('entry %%s moves %%s of %%s by %%s; in book %%s the key %%s %%s',
              here.entry, here.path, here.asset, here.amount, coalesce(here.there, '?'), e.key,
              case when other.id is null then 'is missing'
                   else 'moves it by ' || coalesce(other.amount, 0) end)
  from here
  join ledger.entry e on e.book = %(book)s and e.id = here.entry
  left join lateral (
           select twin.id,
                  (select sum(line.amount)
                     from ledger.line
                     join ledger.account on account.book = line.book and account.id = line.account
                    where line.book = twin.book and line.entry = twin.id
                      and account.path = here.path and account.asset = here.asset) as amount
             from ledger.entry twin
            where twin.book = here.there and twin.key = e.key
       ) other on true
 where here.amount + coalesce(other.amount, 0) <> 0
 order by here.entry, here.path, here.asset limit 1
"""
