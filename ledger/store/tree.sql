-- The tree over a book's log: what its leaves commit to, the hashes above them, and what was signed of it.
--
-- A tile of level 0 holds up to 256 commitments, whose hashes are the leaves of the tree; one of a level above
-- holds the roots of up to 256 full tiles. Tiles only ever grow, and only at the end. What is halfway up in a
-- tile, the hash over each 16 of its own, stands in the row itself: of the tile a proof reads but a sixteenth.

create table ledger.tile (
    number   bigint    not null check (number >= 0),
    level    smallint  not null check (level between 0 and 7),
    book     text      not null,
    hashes   bytea     not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
    halfway  bytea     not null,

    primary key (book, level, number),
    constraint tile_halfway check (octet_length(halfway) = octet_length(hashes) / 512 * 32)
);

alter table ledger.tile alter column hashes set storage external;  -- hashes do not compress


-- The tree in small tiles, of 16 neighbouring hashes of every fourth level: each is a part of a tile, or what is
-- halfway up in one.

create function ledger.small_tile(the_book text, the_level smallint, the_number bigint) returns table (hashes bytea)
language sql stable
as $$
    select case when the_level % 2 = 0 then substr(t.hashes, (the_number % 16)::integer * 512 + 1, 512)
                else t.halfway end
      from ledger.tile t
     where t.book = the_book and t.level = the_level / 2
       and t.number = case when the_level % 2 = 0 then the_number / 16 else the_number end
     limit 1
$$;


-- The small tiles from which the leaf at one position is proven to stand in a tree of one size: those on its way
-- up, and those at the right edge that are not empty.

create function ledger.beside(the_book text, the_position bigint, the_size bigint)
returns table (level smallint, number bigint, hashes bytea)
language sql stable
as $$
    select way.level, way.number, kept.hashes
      from generate_series(0, 15) as up
     cross join lateral (
               select up::smallint, the_position >> up * 4 + 4
                where the_size >> up * 4 > 0
                union
               select up::smallint, the_size >> up * 4 + 4
                where (the_size >> up * 4) % 16 > 0
           ) as way (level, number)
     cross join lateral ledger.small_tile(the_book, way.level, way.number) kept
$$;


-- What salts the leaves of a household, or of a book itself under the nil UUID. Without its key a commitment
-- says nothing about its entry. A key goes only with an erasure that was posted.

create table ledger.salt (
    subject  uuid   not null,
    book     text   not null,
    key      bytea  not null check (octet_length(key) = 32),

    primary key (book, subject)
);

create index entry_erasure on ledger.entry (book, subject) where kind = 'erasure';


-- What was signed, and who has signed it since. Append-only.

create table ledger.checkpoint (
    size       bigint       not null check (size >= 0),
    signed_at  timestamptz  not null default clock_timestamp(),
    book       text         not null,
    root       bytea        not null check (octet_length(root) = 32),
    note       text         not null,

    primary key (book, size)
);

create table ledger.cosignature (
    size     bigint       not null,
    seen_at  timestamptz  not null,
    book     text         not null,
    witness  text         not null,
    line     text         not null,

    primary key (book, size, witness),
    foreign key (book, size) references ledger.checkpoint (book, size)
);

create index cosignature_last on ledger.cosignature (book, witness, size);


create function ledger.refuse_regrowing() returns trigger
language plpgsql as $$
begin
    if (new.book, new.level, new.number) is distinct from (old.book, old.level, old.number)
       or substr(new.hashes, 1, octet_length(old.hashes)) <> old.hashes
       or substr(new.halfway, 1, octet_length(old.halfway)) <> old.halfway
    then
        raise exception 'tile %/% only ever grows', old.level, old.number using errcode = 'restrict_violation';
    end if;
    return new;
end;
$$;

create function ledger.refuse_forgetting() returns trigger
language plpgsql as $$
begin
    if not exists (select from ledger.entry
                    where book = old.book and subject = old.subject and kind = 'erasure')
    then
        raise exception 'the key of % goes only with its erasure', old.subject using errcode = 'restrict_violation';
    end if;
    return old;
end;
$$;

create trigger only_grows before update on ledger.tile
    for each row execute function ledger.refuse_regrowing();
create trigger never_forgotten before delete or truncate on ledger.tile
    for each statement execute function ledger.refuse_rewriting();
create trigger never_changed before update or truncate on ledger.salt
    for each statement execute function ledger.refuse_rewriting();
create trigger erased_only before delete on ledger.salt
    for each row execute function ledger.refuse_forgetting();
create trigger append_only before update or delete or truncate on ledger.checkpoint
    for each statement execute function ledger.refuse_rewriting();
create trigger append_only before update or delete or truncate on ledger.cosignature
    for each statement execute function ledger.refuse_rewriting();

alter table ledger.tile enable always trigger only_grows;
alter table ledger.tile enable always trigger never_forgotten;
alter table ledger.salt enable always trigger never_changed;
alter table ledger.salt enable always trigger erased_only;
alter table ledger.checkpoint enable always trigger append_only;
alter table ledger.cosignature enable always trigger append_only;


-- Returns the keys of those who are named; who has none yet gets the fresh one, unless he was erased.

create function ledger.salts(the_book text, subjects uuid[], fresh bytea[]) returns table (subject uuid, key bytea)
language plpgsql security definer
set search_path = pg_catalog, ledger, pg_temp
as $$
#variable_conflict use_column
begin
    insert into salt (book, subject, key)
    select the_book, named.subject, named.key
      from unnest(subjects, fresh) as named (subject, key)
     where not exists (select
                         from entry e
                         join leaf f on f.book = e.book and f.entry = e.id
                         join log l on l.book = e.book
                        where e.book = the_book and e.subject = named.subject and e.kind = 'erasure'
                          and f.position < l.grown)
        on conflict do nothing;

    return query select s.subject, s.key from salt s where s.book = the_book and s.subject = any (subjects);
end;
$$;


-- Puts leaves into the tree, from the first that is not in it, and destroys the keys of who was erased by one
-- of them: by then all that came before is in the tree too. False if the tree had grown meanwhile.

create function ledger.grow(
    the_book  text,
    before    bigint,
    after     bigint,
    levels    smallint[],
    numbers   bigint[],
    rows      bytea[],
    middles   bytea[],
    erased    uuid[]
) returns boolean
language plpgsql security definer
set search_path = pg_catalog, ledger, pg_temp
as $$
#variable_conflict use_column
begin
    update log set grown = after where book = the_book and grown = before and after > before and size >= after;
    if not found then
        return false;
    end if;

    insert into tile (book, level, number, hashes, halfway)
    select the_book, t.level, t.number, t.hashes, t.halfway
      from unnest(levels, numbers, rows, middles) as t (level, number, hashes, halfway)
        on conflict (book, level, number) do update set hashes = excluded.hashes, halfway = excluded.halfway;

    delete from salt where book = the_book and subject = any (erased);
    return true;
end;
$$;


-- Keeps a signed checkpoint: of the tree as it is, and of a larger one than any before. False if it is not.

create function ledger.sign(the_book text, the_size bigint, the_root bytea, the_note text) returns boolean
language plpgsql security definer
set search_path = pg_catalog, ledger, pg_temp
as $$
#variable_conflict use_column
begin
    insert into checkpoint (book, size, root, note)
    select the_book, the_size, the_root, the_note
      from log
     where book = the_book and grown >= the_size
       and not exists (select from checkpoint c where c.book = the_book and c.size >= the_size);
    return found;
end;
$$;


create function ledger.cosign(the_book text, the_size bigint, the_witness text, seen timestamptz, the_line text) returns void
language sql security definer
set search_path = pg_catalog, ledger, pg_temp
as $$
    insert into cosignature (book, size, witness, seen_at, line)
    values (the_book, the_size, the_witness, seen, the_line)
        on conflict do nothing;
$$;
