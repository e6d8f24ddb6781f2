-- The one way in. A batch comes as columns (array parameters); its balances are locked once, its entries are
-- decided one after the other (ledger.decide), and what stands is written set by set (ledger.attempt). One
-- entry is a batch of one.
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
    posting_expiries  timestamptz[],  -- when it lapses at a target with lots
    posting_lapses    boolean[],      -- whether it takes only what has lapsed
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
) returns table (                   -- a row for each entry that was not posted just now
    no                integer,        -- its number; null in the row of all others, which says when they were
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
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    entries        constant integer := cardinality(ids);
    holds          constant integer := coalesce(cardinality(hold_ids), 0);
    accounts       integer := coalesce(cardinality(account_paths), 0);
    account_ids    bigint[];
    bars           text[];            -- by account: why it cannot be used; null altogether if all can
    lots           boolean[];         --             whether it has lots; null altogether if none has
    stripes        smallint[];        --             the stripe to use; null altogether if none has any
    hold_accounts  integer[] := array_fill(null::integer, array[holds]);
    hold_stripes   smallint[];
    opened         bigint[];
    found          integer;
    bounded        integer;
    last_account   bigint;
    last_number    integer;
    batch          batch;
    gathered       boolean := false;
    tries          integer := 0;
    try            attempt;
    decision       decision;
    codes          text[];
    fresh          boolean[];
    fellow         integer;
    stored_ids     uuid[];
    stored_ats     timestamptz[];
    row            record;
begin
    -- The accounts, opened where the chart knows them.
    loop
        select coalesce(array_agg(a.id order by no), '{}'),
               count(a.id),
               count(*) filter (where a.bounded),
               case when bool_or(a.lots) then array_agg(a.lots order by no) end,
               case when bool_or(a.stripes > 0) then array_agg(nullif(own_stripe(a.stripes), 0) order by no) end,
               case when bool_or(a.status <> 'open')
                    then array_agg(case when a.status <> 'open' then 'account_' || a.status end order by no) end
          into account_ids, found, bounded, lots, stripes, bars
          from generate_series(1, accounts) as no
          left join lateral (
                   select id, bounded, lots, stripes, status from account
                    where book = the_book and path = account_paths[no] and asset = account_assets[no] limit 1
               ) as a on true;
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

    -- A hold brings its account along, and the stripe that it is of; of several stripes, all are locked.
    if holds > 0 then
        for row in
            select known.id as account, known.no as number, null::bigint as hold,
                   null as path, null as asset, null as status, null::boolean as lots, null::smallint as stripe
              from unnest(account_ids) with ordinality as known (id, no)
             union all
            select h.account, null, named.no, a.path, a.asset, a.status, a.lots, h.stripe
              from unnest(hold_ids) with ordinality as named (id, no)
             cross join lateral (
                       select account, stripe from hold where book = the_book and id = named.id limit 1
                   ) as h
             cross join lateral (
                       select path, asset, status, lots from account where book = the_book and id = h.account limit 1
                   ) as a
             order by account, number, hold
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
                account_assets[accounts] := row.asset;
                if row.lots then
                    lots[accounts] := true;
                end if;
                if row.status <> 'open' then
                    bars[accounts] := 'account_' || row.status;
                end if;
                last_account := row.account;
                last_number := accounts;
            end if;
            if row.stripe > 0 then
                if row.stripe <> any (hold_stripes) and last_number = any (hold_accounts) then
                    gathered := true;
                end if;
                stripes := coalesce(stripes, array_fill(null::smallint, array[accounts]));
                stripes[last_number] := row.stripe;
                hold_stripes[row.hold] := row.stripe;
            end if;
            hold_accounts[row.hold] := last_number;
        end loop;
    end if;

    batch := (
        the_book, account_ids, account_paths, account_assets, bars, lots, stripes, bounded,
        ids, keys, kinds, ats, subjects, reversals, facts_of, fingerprints, twins,
        posting_entries, posting_numbers, posting_sources, posting_targets, posting_amounts,
        posting_expiries, posting_lapses,
        hold_ids, hold_accounts, hold_stripes,
        move_entries, move_kinds, move_holds, move_accounts, move_amounts, move_expiries,
        reversed_ids, reversed_fellows, all_or_nothing
    )::batch;
    loop
        -- What has to be made again takes everything back here, its locks included: nobody, this function
        -- included, could remove an entry, and nobody may wait for a stripe while he holds another.
        begin
            try := attempt(batch, gathered, tries > 0);
            exit when not try.again;
            raise exception using errcode = 'LV001';
        exception
            when sqlstate 'LV001' then
                gathered := true;
            when unique_violation then
                tries := tries + 1;
                if tries > entries then
                    raise;      -- whose it is would be seen by now, READ COMMITTED
                end if;
        end;
    end loop;

    decision := try.decision;
    if decision.refusals > 0 and cardinality(opened) > 0 then
        perform unopen_accounts(the_book, opened);
    end if;
    codes := decision.codes;
    fresh := decision.fresh;
    stored_ids := try.stored_ids;
    stored_ats := try.stored_ats;
    if decision.accepted > 0 and (decision.refusals = 0 or not all_or_nothing) then
        posted_at := try.stamp;
        replayed := false;
        return next;
    end if;
    if decision.accepted = entries then
        return;
    end if;
    for this in 1 .. entries loop
        continue when fresh[this] and (decision.refusals = 0 or not all_or_nothing);
        fellow := decision.fellows[this];
        no := this;
        code := codes[this];
        about := decision.abouts[this];
        entry := null;
        posted_at := null;
        replayed := false;
        if code is null and all_or_nothing and decision.refusals > 0
           and (fresh[this] or fellow is not null) then
            code := 'batch_refused';
        elsif code is null then
            replayed := not fresh[this];
            entry := coalesce(stored_ids[this], stored_ids[fellow], ids[fellow], ids[this]);
            posted_at := coalesce(stored_ats[this], stored_ats[fellow], try.stamp);
        end if;
        return next;
    end loop;
end;
$$;
