-- What an audit of each night reads: what came to a book after a size of its log that was audited before.

-- That everything from one size on to another was found sound, when it was; from 0 on, everything. Append-only.

create table ledger.audited (
    audited_at  timestamptz  not null default clock_timestamp(),
    since       bigint       not null check (since >= 0),
    size        bigint       not null check (size >= since),
    book        text         not null,

    primary key (book, size, since)
);

create trigger append_only before update or delete or truncate on ledger.audited
    for each statement execute function ledger.refuse_rewriting();

alter table ledger.audited enable always trigger append_only;


-- Notes a sound audit. One that began after the last size that is noted vouches for nothing in between: it is
-- no further.

create function ledger.mark_audited(the_book text, from_size bigint, to_size bigint) returns void
language sql security definer
set search_path = pg_catalog, ledger, pg_temp
as $$
    insert into audited (book, since, size)
    select the_book, from_size, to_size
      from log
     where book = the_book and size >= to_size
       and from_size <= (select coalesce(max(a.size), 0) from audited a where a.book = the_book)
        on conflict do nothing;
$$;


create function ledger.recent(the_book text, since bigint) returns table ("position" bigint, entry uuid)
language sql stable
as $$
    select f.position, f.entry from ledger.leaf f where f.book = the_book and f.position >= since
     union all
    select null, u.entry from ledger.unsealed u where u.book = the_book
$$;


create function ledger.recent_lines(the_book text, since bigint) returns table (
    "position"  bigint,
    entry       uuid,
    no          smallint,
    account     bigint,
    stripe      smallint,
    asset       text,
    amount      bigint,
    version     bigint,
    after       bigint
)
language sql stable
as $$
    select r.position, r.entry, l.no, l.account, l.stripe, l.asset, l.amount, l.version, l.after
      from ledger.recent(the_book, since) r
     cross join lateral (select * from ledger.line where book = the_book and entry = r.entry offset 0) l
$$;


-- The line of an account that has a version, or none.

create function ledger.line_of(the_book text, the_account bigint, the_stripe smallint, the_version bigint)
returns table (entry uuid, no smallint, after bigint)
language sql stable
as $$
    select l.entry, l.no, l.after
      from ledger.line l
     where l.book = the_book and l.account = the_account and l.stripe = the_stripe and l.version = the_version
    offset 0
$$;
