-- The log of a book: each entry gets its final position in it, 0, 1, 2 … without a gap, once it is committed.
--
-- Entries commit in any order, so what decides is `unsealed.no`. A posting draws it while it holds the locks of
-- all balances, holds and entries that it depends on, and whoever it depends on drew one and committed before
-- it let go of them. So an entry that can be seen has a greater number than any that it depends on, and those
-- can be seen too: whatever is taken in this order from one snapshot, and however little of it, nothing comes
-- before what it follows. In particular an account's positions rise with its versions, whatever the clock
-- does. A number that commits late is still there when it does; nobody looks for numbers "after the last".

-- How far the log of a book has come. The row is what the one sequencer of a book locks. Whatever is sealed
-- from now on is sealed after `sealed_until`, though the clock step back. So many of its entries are in the
-- tree already (see tree.sql).

create table ledger.log (
    size          bigint       not null default 0 check (size >= 0),
    grown         bigint       not null default 0 check (grown between 0 and size),
    sealed_until  timestamptz  not null default 'epoch',
    book          text         not null,

    primary key (book)
);

-- Append-only. No foreign key leads to the entry, as none leads there from a posting; the audit looks.

create table ledger.leaf (
    position   bigint       not null check (position >= 0),
    sealed_at  timestamptz  not null,
    entry      uuid         not null,
    book       text         not null,

    primary key (book, position),
    constraint leaf_once unique (book, entry)
);

create trigger append_only before update or delete or truncate on ledger.leaf
    for each statement execute function ledger.refuse_rewriting();

alter table ledger.leaf enable always trigger append_only;


-- Takes the next entries of a book into its log, in one transaction with whatever else makes a leaf of them.
-- A second sequencer waits for the first and goes on where it ended. Returns how many; null if there is no such book.

create function ledger.seal(the_book text, at_most integer) returns integer
language plpgsql security definer
set search_path = pg_catalog, ledger, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    head    ledger.log;
    stamp   timestamptz;
    sealed  integer;
begin
    select * into head from log where book = the_book for update;
    if not found then
        return null;
    end if;
    stamp := greatest(clock_timestamp(), head.sealed_until + interval '1 microsecond');

    with taken as (
        delete from unsealed
         where ctid = any (array(select ctid from unsealed where book = the_book order by no limit at_most))
        returning entry, no
    )
    insert into leaf (book, position, sealed_at, entry)
    select the_book, head.size + row_number() over (order by no) - 1, stamp, entry
      from taken;
    get diagnostics sealed = row_count;

    perform take_snapshots(the_book, head.size, head.size + sealed);
    update log set size = head.size + sealed, sealed_until = stamp where book = the_book;
    return sealed;
end;
$$;


-- How large the log was at a moment: everything sealed before it. Null if later seals could still be before it.

create function ledger.size_at(the_book text, moment timestamptz) returns bigint
language plpgsql stable
as $$
declare
    low     bigint := 0;
    high    bigint;
    middle  bigint;
begin
    select l.size into high from ledger.log l where l.book = the_book and l.sealed_until >= moment;
    while low < high loop
        middle := (low + high) / 2;
        if (select f.sealed_at < moment from ledger.leaf f where f.book = the_book and f.position = middle) then
            low := middle + 1;
        else
            high := middle;
        end if;
    end loop;
    return case when high is not null then low end;
end;
$$;
