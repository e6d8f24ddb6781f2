-- The chart of accounts, and the accounts that it lets a posting open.

create function ledger.matches(pattern text, name text) returns boolean
language sql immutable parallel safe
return name ~ ('^' || replace(replace(pattern, '.', '\.'), '*', '[^/]+') || '$');


-- Adds classes to a book's chart and returns the whole of it; what was there before stays as it is.

create function ledger.adopt(
    the_book  text,
    patterns  text[],
    assets    text[],
    owners    text[],
    bounds    boolean[]
) returns setof ledger.chart
language plpgsql security definer
set search_path = pg_catalog, ledger, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('ledger.adopt/' || the_book, 0));

    insert into chart (book, pattern, asset, owner, bounded)
    select the_book, c.pattern, c.asset, c.owner, c.bounded
      from unnest(patterns, assets, owners, bounds) as c (pattern, asset, owner, bounded)
        on conflict do nothing;

    return query select * from chart where book = the_book order by pattern, asset;
end;
$$;


-- Opens those of the named accounts that the chart knows and that are not open yet; returns the ones it
-- opened. In order of name: two callers who open the same accounts wait for each other, never in a circle.

create function ledger.open_accounts(the_book text, paths text[], assets text[]) returns bigint[]
language plpgsql
set search_path = pg_catalog, ledger, pg_temp
as $$
declare
    opened  bigint[];
begin
    with fresh as (
        insert into account (book, path, asset, owner, bounded, lots, stripes)
        select the_book, named.path, named.asset, class.owner, class.bounded, class.lots, class.stripes
          from unnest(paths, assets) as named (path, asset)
          join chart as class
            on class.book = the_book
           and matches(class.pattern, named.path)
           and matches(class.asset, named.asset)
         where not exists (
                   select from account a
                    where a.book = the_book and a.path = named.path and a.asset = named.asset
               )
         order by named.path collate "C", named.asset collate "C"
            on conflict do nothing
        returning id
    )
    select coalesce(array_agg(id), '{}') into opened from fresh;

    insert into balance (book, account, stripe)
    select a.book, a.id, stripe
      from account a
     cross join generate_series(0, a.stripes - 1) as stripe
     where a.book = the_book and a.id = any (opened) and a.bounded;

    return opened;
end;
$$;


-- Takes back the accounts that a refused entry opened: a refusal writes nothing.

create function ledger.unopen_accounts(the_book text, opened bigint[]) returns void
language plpgsql
set search_path = pg_catalog, ledger, pg_temp
as $$
declare
    unused  bigint[];
begin
    select array_agg(o.id)
      into unused
      from unnest(opened) as o (id)
     where not exists (select from balance b
                        where b.book = the_book and b.account = o.id and b.version > 0)
       and not exists (select from posting p
                        where p.book = the_book and p.source = o.id and p.source_version is null)
       and not exists (select from posting p
                        where p.book = the_book and p.target = o.id and p.target_version is null);

    delete from balance where book = the_book and account = any (unused);
    delete from account where book = the_book and id = any (unused);
end;
$$;
