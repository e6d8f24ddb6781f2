-- What accounts without a floor had. Nothing but its lines says what such an account has, since nobody locks it;
-- so that no question has to add all of them up, the sequencer stores a balance with every 256th entry of the
-- log, a tile, for each account that the tile has touched. What such an account has after any number of
-- entries is therefore its last snapshot up to there and the lines of one tile at most.

-- Append-only. What the account had after the first `size` entries.

create table ledger.snapshot (
    account  bigint   not null,
    size     bigint   not null check (size > 0 and size % 256 = 0),
    posted   numeric  not null,
    book     text     not null,

    primary key (book, account, size)
);

create trigger append_only before update or delete or truncate on ledger.snapshot
    for each statement execute function ledger.refuse_rewriting();

alter table ledger.snapshot enable always trigger append_only;


-- What an entry changes in accounts without a floor; each posting is looked up once, as lookup.sql says why.

create function ledger.change(the_book text, the_entry uuid) returns table (account bigint, amount bigint)
language sql stable
as $$
    select side.account, side.amount
      from (select * from ledger.posting where book = the_book and entry = the_entry offset 0) p
     cross join lateral (
               values (p.source, -p.amount, p.source_version), (p.target, p.amount, p.target_version)
           ) as side (account, amount, version)
     where side.version is null
$$;


-- Stores what the tiles come to that are complete at one size of the log and were not at another.

create function ledger.take_snapshots(the_book text, from_size bigint, to_size bigint) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
begin
    insert into ledger.snapshot (book, account, size, posted)
    select the_book, tile.account, tile.number * 256,
           coalesce(before.posted, 0) + sum(tile.amount) over (partition by tile.account order by tile.number)
      from (select c.account, f.position / 256 + 1 as number, sum(c.amount) as amount
              from ledger.leaf f
             cross join lateral ledger.change(the_book, f.entry) c
             where f.book = the_book
               and f.position >= from_size / 256 * 256 and f.position < to_size / 256 * 256
             group by 1, 2) as tile
      left join lateral (
               select s.posted from ledger.snapshot s
                where s.book = the_book and s.account = tile.account
                order by s.size desc limit 1
           ) as before on true;
end;
$$;


-- What no snapshot holds yet: the lines of the tile that is not complete, and of entries that are not sealed.

create function ledger.tail(the_book text) returns table (account bigint, amount numeric)
language sql stable
as $$
    select c.account, sum(c.amount)
      from ((select f.entry
               from ledger.leaf f
              where f.book = the_book
                and f.position >= (select g.size / 256 * 256 from ledger.log g where g.book = the_book)
              order by f.position limit 256)
              union all
             (select u.entry from ledger.unsealed u where u.book = the_book)) as recent
     cross join lateral ledger.change(the_book, recent.entry) c
     group by c.account
$$;
