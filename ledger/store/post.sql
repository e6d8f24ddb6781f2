-- The one way in. A batch comes as columns (array parameters); its balances are locked once, its entries are
-- decided one after the other (ledger.decide), and what stands is written set by set. One entry is a batch
-- of one.
--
-- The caller numbers from 1 what a batch names: entries, accounts, holds, reversed entries. A column in which
-- there is nothing is null.
--
-- Everyone takes locks in one order: accounts to open, by name; balances, by account; reversed entries, by
-- id; keys, by key. A transaction that posts once to a book, as its last locking write, meets no deadlock.
--
-- What a batch names is looked up one by one, as lookup.sql says why.

create function ledger.post(
    the_book          text,
    account_paths     text[],         -- the accounts that postings and reservations name, each once
    account_assets    text[],
    ids               uuid[],         -- the entries
    keys              text[],
    kinds             text[],
    ats               timestamptz[],
    subjects          uuid[],
    reversals         integer[],      -- the reversed entry, or null
    facts_of          jsonb[],
    fingerprints      bytea[],
    twins             integer[],      -- the entry before it in this batch that has the same key, or null
    posting_entries   integer[],      -- the postings, in order of their entries
    posting_numbers   smallint[],
    posting_sources   integer[],
    posting_targets   integer[],
    posting_amounts   bigint[],
    hold_ids          uuid[],         -- the holds that a move names, each once
    move_entries      integer[],      -- what happens to them, in order of the entries
    move_kinds        text[],         -- within an entry: settled, released, expired, reserved
    move_holds        integer[],
    move_accounts     integer[],      -- reserved: the account that is held
    move_amounts      bigint[],       -- reserved, settled: the amount; null settles whatever is left
    move_expiries     timestamptz[],  -- reserved: from when on it is expired
    reversed_ids      uuid[],         -- the reversed entries, each once
    reversed_fellows  integer[],      -- the entry of this batch that has this id, or null
    all_or_nothing    boolean
) returns table (
    entry             uuid,           -- what stands under the key now; null if the entry is refused
    posted_at         timestamptz,
    replayed          boolean,
    code              text,           -- why it is refused
    about             text
)
language plpgsql security definer
set search_path = pg_catalog, ledger, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    entries        constant integer := cardinality(ids);
    holds          constant integer := coalesce(cardinality(hold_ids), 0);
    accounts       integer := coalesce(cardinality(account_paths), 0);
    account_ids    bigint[] := array_fill(null::bigint, array[accounts]);
    bars           text[];
    posted         bigint[];
    held           bigint[];
    versions       bigint[];
    hold_accounts  integer[] := array_fill(null::integer, array[holds]);
    hold_states    text[];
    hold_remains   bigint[] := array_fill(null::bigint, array[holds]);
    hold_expiries  timestamptz[];
    hold_versions  bigint[] := hold_remains;
    reversible     boolean[];
    reversed       boolean[];
    codes          text[];
    stored_ids     uuid[];
    stored_ats     timestamptz[];
    stored         boolean[];
    lost           boolean[];
    landed         uuid[] := '{}';

    decision       ledger.decision;
    fresh          boolean[];
    fellow         integer;
    opened         bigint[];
    found          integer;
    bounded        integer;
    last_account   bigint;
    last_number    integer;
    looked         boolean := entries > 1;
    stamp          timestamptz;
    row            record;
begin
    -- The accounts, opened where the chart knows them.
    loop
        found := 0;
        bounded := 0;
        bars := null;
        for row in
            select named.no, a.id, a.bounded, a.status
              from unnest(account_paths, account_assets) with ordinality as named (path, asset, no)
             cross join lateral (
                       select id, bounded, status from account
                        where book = the_book and path = named.path and asset = named.asset limit 1
                   ) as a
        loop
            found := found + 1;
            account_ids[row.no] := row.id;
            if row.bounded then
                bounded := bounded + 1;
            end if;
            if row.status <> 'open' then
                bars[row.no] := 'account_' || row.status;
            end if;
        end loop;
        exit when found = accounts or opened is not null;
        opened := open_accounts(
            the_book,
            array(select path from unnest(account_paths, account_ids) as a (path, id) where id is null),
            array(select asset from unnest(account_assets, account_ids) as a (asset, id) where id is null)
        );
    end loop;
    if found < accounts then
        for this in 1 .. accounts loop
            if account_ids[this] is null then
                bars[this] := 'unknown_account';
            end if;
        end loop;
    end if;

    -- A hold brings its account along.
    if holds > 0 then
        for row in
            select known.id as account, known.no as number, null::bigint as hold, null as path, null as status
              from unnest(account_ids) with ordinality as known (id, no)
             union all
            select h.account, null, named.no, a.path, a.status
              from unnest(hold_ids) with ordinality as named (id, no)
             cross join lateral (
                       select account from hold where book = the_book and id = named.id limit 1
                   ) as h
             cross join lateral (
                       select path, status from account where book = the_book and id = h.account limit 1
                   ) as a
             order by account, number
        loop
            if row.number is not null then
                last_account := row.account;
                last_number := row.number;
                continue;
            end if;
            if row.account is distinct from last_account then
                accounts := accounts + 1;
                bounded := bounded + 1;
                account_ids[accounts] := row.account;
                account_paths[accounts] := row.path;
                if row.status <> 'open' then
                    bars[accounts] := 'account_' || row.status;
                end if;
                last_account := row.account;
                last_number := accounts;
            end if;
            hold_accounts[row.hold] := last_number;
        end loop;
    end if;

    loop
        -- The balances, locked.
        posted := array_fill(null::bigint, array[accounts]);
        held := posted;
        versions := posted;
        found := 0;
        for row in
            select known.no, b.posted, b.held, b.version
              from (select id, no from unnest(account_ids) with ordinality as a (id, no) order by id) as known
             cross join lateral (
                       select posted, held, version from balance
                        where book = the_book and account = known.id and stripe = 0 limit 1 for update
                   ) as b
        loop
            found := found + 1;
            posted[row.no] := row.posted;
            held[row.no] := row.held;
            versions[row.no] := row.version;
        end loop;
        if found <> bounded then
            raise exception 'a bounded account of book % has no balance', the_book using errcode = 'data_corrupted';
        end if;

        -- The reversed entries, locked.
        if cardinality(reversed_ids) > 0 then
            select * into reversible, reversed from lock_reversed(the_book, reversed_ids);
        end if;

        -- The holds: whoever changes one has locked its account's balance.
        if holds > 0 then
            select * into hold_states, hold_remains, hold_expiries, hold_versions
              from hold_states(the_book, hold_ids);
        end if;

        -- The keys. A batch looks them up at once; one entry alone only if it would be refused or if its
        -- insertion met another's, which saves a statement nearly always.
        if looked then
            codes := array_fill(null::text, array[entries]);
            for row in
                select named.no, e.id, e.posted_at, e.fingerprint = fingerprints[named.no] as same
                  from unnest(keys) with ordinality as named (key, no)
                 cross join lateral (
                           select id, posted_at, fingerprint from entry
                            where book = the_book and key = named.key limit 1
                       ) as e
            loop
                stored_ids[row.no] := row.id;
                stored_ats[row.no] := row.posted_at;
                stored[row.no] := row.same;
                if not row.same then
                    codes[row.no] := 'key_reused';
                end if;
            end loop;
        end if;

        decision := decide(
            ids, keys, ats, fingerprints, twins, codes, stored, lost, account_paths, bars, posted, held, versions,
            posting_entries, posting_sources, posting_targets, posting_amounts,
            hold_ids, hold_accounts, hold_states, hold_remains, hold_expiries, hold_versions,
            move_entries, move_kinds, move_holds, move_accounts, move_amounts, move_expiries,
            reversals, reversed_ids, reversed_fellows, reversible, reversed
        );
        if decision.refusals > 0 and not looked then
            looked := true;
            continue;
        end if;
        fresh := decision.fresh;
        exit when decision.refusals > 0 and all_or_nothing;

        -- The entries. A key that a concurrent caller is about to take is waited for here. If one is taken, a
        -- batch begins anew without having landed any: nobody, this function included, could remove an entry.
        stamp := coalesce(stamp, clock_timestamp());
        if entries = 1 then
            landed := land_entries(
                the_book, ids, keys, kinds, ats, stamp, subjects, reversals, reversed_ids, facts_of, fingerprints, fresh
            );
        else
            begin
                landed := land_entries(
                    the_book, ids, keys, kinds, ats, stamp, subjects, reversals, reversed_ids, facts_of, fingerprints, fresh
                );
                if cardinality(landed) < decision.accepted then
                    raise exception using errcode = 'LV001';
                end if;
            exception when sqlstate 'LV001' then
                null;
            end;
        end if;
        exit when cardinality(landed) = decision.accepted;

        for this in 1 .. entries loop
            lost[this] := fresh[this] and ids[this] <> all (landed) or coalesce(lost[this], false);
        end loop;
        landed := '{}';
        looked := true;
    end loop;

    codes := decision.codes;
    if decision.refusals > 0 then
        if all_or_nothing then
            for this in 1 .. entries loop
                if codes[this] is null and (fresh[this] or codes[decision.fellows[this]] is not null) then
                    codes[this] := 'batch_refused';
                end if;
            end loop;
            fresh := array_fill(false, array[entries]);
        end if;
    end if;

    if landed <> '{}' then
        perform write_batch(
            the_book, account_ids, account_assets, ids, fresh, decision,
            posting_entries, posting_numbers, posting_sources, posting_targets, posting_amounts,
            hold_ids, move_entries, move_kinds, move_holds, move_amounts, move_expiries
        );
    end if;
    if decision.refusals > 0 and cardinality(opened) > 0 then
        perform unopen_accounts(the_book, opened);
    end if;

    for this in 1 .. entries loop
        fellow := decision.fellows[this];
        code := codes[this];
        about := decision.abouts[this];
        entry := null;
        posted_at := null;
        replayed := false;
        if code is null then
            replayed := not fresh[this];
            entry := coalesce(stored_ids[this], stored_ids[fellow], ids[fellow], ids[this]);
            posted_at := coalesce(stored_ats[this], stored_ats[fellow], stamp);
        end if;
        return next;
    end loop;
end;
$$;
