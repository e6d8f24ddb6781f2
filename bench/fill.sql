-- A book of millions, set by set: for each entry exactly what posting and sealing would have written, so that the
-- audit finds it sound. It is for measuring what a large book costs; how fast one is posted is measured otherwise.

drop schema if exists filler cascade;
create schema filler;

-- Canonical bytes, as ledger.verify spells them.

create function filler.said(tag text, content bytea) returns bytea
language sql immutable as $$
    select convert_to(tag, 'utf8') || int4send(octet_length(content)) || content
$$;

create function filler.text(said text) returns bytea
language sql immutable as $$
    select filler.said('s', convert_to(said, 'utf8'))
$$;

create function filler.number(said bigint) returns bytea
language sql immutable as $$
    select filler.said('i', convert_to(said::text, 'utf8'))
$$;

-- SHA-256 of what a key has been mixed into: HMAC, with the two halves of the key ready.

create function filler.salt(inner_key bytea, outer_key bytea, id uuid) returns bytea
language sql immutable as $$
    select sha256(outer_key || sha256(inner_key || uuid_send(id)))
$$;

-- Gives points to so many households, each once, in entries that take the next positions of the log. Returns
-- what their leaves commit to, in order.

create function filler.give(the_book text, issuer text, count bigint, inner_key bytea, outer_key bytea)
returns table (commitment bytea)
language plpgsql
set timezone = 'UTC'
as $$
declare
    first   bigint := (select size from ledger.log where book = the_book);
    giver   bigint := (select id from ledger.account where book = the_book and path = issuer);
    stamp   timestamptz := clock_timestamp();
begin
    create temporary table given on commit drop as
    select first + no - 1 as position,
           stamp + no * interval '1 microsecond' as moment,
           to_char(stamp + no * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as spoken,
           (lpad(to_hex((extract(epoch from stamp) * 1000)::bigint), 12, '0')
               || '7' || substr(md5(the_book || (first + no)), 1, 3) || '8'
               || substr(md5(the_book || (first + no)), 4, 15))::uuid as id,
           1 + (first + no) % 100 as amount,
           a.id as account, a.path
      from (select id, path, row_number() over (order by hashint8(id + first), id) as no
              from ledger.account where book = the_book and path like 'household/%') a
     where no <= count;
    get diagnostics count = row_count;

    insert into ledger.entry (book, id, key, kind, at, posted_at, facts, fingerprint)
    select the_book, id, 'filler/' || position, 'filler', moment, moment, '{}',
           sha256('\x01' || filler.said('l',
               filler.text(the_book) || filler.text('filler/' || position) || filler.text('filler')
               || filler.said('n', '') || filler.said('n', '')
               || filler.said('l', filler.said('l',
                      filler.text(issuer) || filler.text(path) || filler.text('GREEN') || filler.number(amount)
                      || filler.said('n', '') || filler.said('f', '')))
               || filler.said('l', '')
               || filler.said('d', '')))
      from given;

    with moved as (
        update ledger.balance b
           set posted = b.posted + g.amount, version = b.version + 1
          from given g
         where b.book = the_book and b.account = g.account and b.stripe = 0
        returning b.account, b.posted, b.version, g.id, g.amount
    )
    insert into ledger.posting (book, entry, no, asset, amount, source, target, target_version, target_after)
    select the_book, id, 1, 'GREEN', amount, giver, account, version, posted from moved;

    insert into ledger.leaf (book, position, sealed_at, entry)
    select the_book, position, stamp + count * interval '1 microsecond', id from given;
    perform ledger.take_snapshots(the_book, first, first + count);
    update ledger.log set size = first + count, sealed_until = stamp + count * interval '1 microsecond'
     where book = the_book;

    return query
    select sha256(
               filler.salt(inner_key, outer_key, id) || '\x01'::bytea
               || filler.said('d',
                      filler.text('at') || filler.text(spoken)
                      || filler.text('book') || filler.text(the_book)
                      || filler.text('id') || filler.text(id::text)
                      || filler.text('key') || filler.text('filler/' || position)
                      || filler.text('kind') || filler.text('filler')
                      || filler.text('posted_at') || filler.text(spoken)
                      || filler.text('postings') || filler.said('l', filler.said('d',
                             filler.text('amount') || filler.number(amount)
                             || filler.text('asset') || filler.text('GREEN')
                             || filler.text('source') || filler.text(issuer)
                             || filler.text('target') || filler.text(path)))))
      from given
     order by position;
end;
$$;
