-- The chart of accounts, and the accounts that it lets a posting open.

-- Neither name nor pattern has an empty segment, so equally many slashes leave % no room for one.

create function ledger.matches(pattern text, name text) returns boolean
language sql immutable parallel safe
return name like replace(replace(pattern, '_', '\_'), '*', '%')
   and length(name) - length(replace(name, '/', '')) = length(pattern) - length(replace(pattern, '/', ''));


-- Adds classes to a book's chart and returns the whole of it; what was there before stays as it is. The first
-- ones open the book, and its log with it.

create function ledger.adopt(
    the_book  text,
    patterns  text[],
    assets    text[],
    owners    text[],
    bounds    boolean[],
    lotted    boolean[],
    striped   smallint[]
) returns setof ledger.chart
language plpgsql security definer
set search_path = pg_catalog, ledger, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('ledger.adopt/' || the_book, 0));

    insert into ledger.chart (book, pattern, asset, owner, bounded, lots, stripes)
    select the_book, c.pattern, c.asset, c.owner, c.bounded, c.lots, c.stripes
      from unnest(patterns, assets, owners, bounds, lotted, striped)
           as c (pattern, asset, owner, bounded, lots, stripes)
        on conflict do nothing;
    insert into ledger.log (book) values (the_book) on conflict do nothing;

    return query select * from ledger.chart where book = the_book order by pattern, asset;
end;
$$;


-- Opens those of the named accounts that the chart knows; returns the ones that it opened and nobody else.
-- In order of name: two callers who open the same accounts wait for each other, never in a circle.

create function ledger.open_accounts(the_book text, paths text[], assets text[]) returns bigint[]
language sql
as $$
    with fresh as (
        insert into ledger.account (book, path, asset, owner, bounded, lots, stripes)
        select the_book, named.path, named.asset, class.owner, class.bounded, class.lots, class.stripes
          from unnest(paths, assets) as named (path, asset)
         cross join lateral (
                   select c.owner, c.bounded, c.lots, c.stripes
                     from ledger.chart c
                    where c.book = the_book and ledger.matches(c.pattern, named.path) and ledger.matches(c.asset, named.asset)
                    limit 1
               ) as class
         order by named.path collate "C", named.asset collate "C"
            on conflict do nothing
        returning id, bounded, stripes
    ), floored as (
        insert into ledger.balance (book, account, stripe)
        select the_book, fresh.id, stripe
          from fresh
         cross join generate_series(least(fresh.stripes, 1), fresh.stripes) as stripe
         where fresh.bounded
    )
    select coalesce(array_agg(id), '{}') from fresh;
$$;


-- Takes back the accounts that a refused entry opened: a refusal writes nothing.

create function ledger.unopen_accounts(the_book text, opened bigint[]) returns void
language plpgsql
as $$
declare
    unused  bigint[];
begin
    select array_agg(o.id)
      into unused
      from unnest(opened) as o (id)
     where not exists (select from ledger.balance b
                        where b.book = the_book and b.account = o.id and b.version > 0)
       and not exists (select from ledger.posting p
                        where p.book = the_book and p.source = o.id and p.source_version is null)
       and not exists (select from ledger.posting p
                        where p.book = the_book and p.target = o.id and p.target_version is null);

    delete from ledger.balance where book = the_book and account = any (unused);
    delete from ledger.account where book = the_book and id = any (unused);
end;
$$;
