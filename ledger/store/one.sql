-- The short way of an entry that is one posting, as most are: four rows written under the locks of at most two
-- balances. It accepts, and never refuses: whatever it does not find as it needs it (an account that is not
-- there, is barred or has lots; too little in the balance, or in its stripe; a key that is taken) it leaves, all
-- taken back and every lock let go of, to ledger.post, where the rules of refusal stand. Locks are taken in the
-- order in which everyone takes them.

create function ledger.post_one(
    the_book         text,
    source_path      text,
    target_path      text,
    the_asset        text,
    the_amount       bigint,
    the_id           uuid,
    the_key          text,
    the_kind         text,
    the_at           timestamptz,
    the_subject      uuid,
    the_facts        jsonb,
    the_fingerprint  bytea,
    out no           integer,       -- as from ledger.post
    out entry        uuid,
    out posted_at    timestamptz,
    out replayed     boolean,
    out code         text,
    out about        text
)
language plpgsql security definer
set search_path = pg_catalog, ledger, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    largest         constant bigint := 9223372036854775807;
    source          bigint;
    source_bounded  boolean;
    source_stripe   smallint;
    source_version  bigint;
    source_after    bigint;
    target          bigint;
    target_bounded  boolean;
    target_stripe   smallint;
    target_version  bigint;
    target_after    bigint;
    room            bigint;         -- what the target may have before: as ledger.decide has it
begin
    begin
        select s.id, s.bounded, own_stripe(s.stripes),
               t.id, t.bounded, own_stripe(t.stripes), case when t.stripes > 0 then largest / 64 else largest end - the_amount
          into strict source, source_bounded, source_stripe, target, target_bounded, target_stripe, room
          from account s
         cross join account t
         where s.book = the_book and s.path = source_path and s.asset = the_asset and s.status = 'open' and not s.lots
           and t.book = the_book and t.path = target_path and t.asset = the_asset and t.status = 'open' and not t.lots;

        if source_bounded and target_bounded and target < source then
            perform from balance where book = the_book and account = target and stripe = target_stripe for update;
        end if;
        if source_bounded then
            update balance
               set posted = posted - the_amount, version = version + 1
             where book = the_book and account = source and stripe = source_stripe
               and posted - the_amount >= held and bar is null
            returning version, posted into strict source_version, source_after;
        end if;
        if target_bounded then
            update balance
               set posted = posted + the_amount, version = version + 1
             where book = the_book and account = target and stripe = target_stripe
               and posted <= room and bar is null
            returning version, posted into strict target_version, target_after;
        end if;

        posted_at := clock_timestamp();
        insert into entry (book, id, key, kind, at, posted_at, subject, fingerprint, facts)
        values (the_book, the_id, the_key, the_kind, the_at, post_one.posted_at, the_subject, the_fingerprint,
                coalesce(the_facts, '{}'));
        insert into posting (
            book, entry, no, asset, amount,
            source, source_stripe, source_version, source_after, target, target_stripe, target_version, target_after
        )
        values (the_book, the_id, 1, the_asset, the_amount,
                source, source_stripe, source_version, source_after, target, target_stripe, target_version, target_after);
        insert into unsealed (book, entry) values (the_book, the_id);
        replayed := false;
        return;
    exception when no_data_found or unique_violation then
        null;
    end;

    select p.* into no, entry, posted_at, replayed, code, about
      from post(
               the_book, array[source_path, target_path], array[the_asset, the_asset],
               array[the_id], array[the_key], array[the_kind], array[the_at], array[the_subject], null,
               array[the_facts], array[the_fingerprint], null,
               '{1}', '{1}', '{1}', '{2}', array[the_amount], null, null,
               null, null, null, null, null, null, null, null, null, false
           ) as p;
end;
$$;
