-- One try of a batch, from the first lock to the last row. It has to be made again if a key or an id of it is
-- taken, which the insertion says, or if a stripe had less, or less room, than was asked of its account; ledger.post then takes
-- back what may have been written, and locks that were taken for nothing.
--
-- Rows are made from numbers and subscripts: unnesting several arrays costs several times what it takes to
-- insert a row. An array in a variable is a table to look into; one in a column of `batch` is not, unless its
-- elements have one width and none is null.

create function ledger.attempt(batch ledger.batch, gathered boolean, met boolean)
returns ledger.attempt
language plpgsql
as $$
#variable_conflict use_column
declare
    account_ids      constant bigint[] := batch.account_ids;
    assets           constant text[] := batch.account_assets;
    stripes          constant smallint[] := batch.stripes;
    ids              constant uuid[] := batch.ids;
    keys             constant text[] := batch.keys;
    kinds            constant text[] := batch.kinds;
    ats              constant timestamptz[] := batch.ats;
    subjects         constant uuid[] := batch.subjects;
    reversals        constant integer[] := batch.reversals;
    facts            constant jsonb[] := batch.facts;
    fingerprints     constant bytea[] := batch.fingerprints;
    bars             text[] := batch.bars;
    expiries         constant timestamptz[] := batch.posting_expiries;
    lapses           constant boolean[] := batch.posting_lapses;
    posted           bigint[] := array_fill(null::bigint, array[cardinality(account_ids)]);
    held             bigint[] := posted;
    versions         bigint[] := posted;
    places           tid[] := array_fill(null::tid, array[cardinality(account_ids)]);
    found            integer := 0;
    lapsed           bigint[];
    hold_states      text[];
    hold_remains     bigint[] := array_fill(null::bigint, array[coalesce(cardinality(batch.hold_ids), 0)]);
    hold_expiries    timestamptz[];
    hold_versions    bigint[] := hold_remains;
    reversible       boolean[];
    reversed         boolean[];
    codes            text[];
    stored           boolean[];
    stored_ids       uuid[];
    stored_ats       timestamptz[];
    looked           boolean := met;
    lost             boolean[];
    decision         ledger.decision;
    fresh            boolean[];
    posted_now       bigint[];
    held_now         bigint[];
    versions_now     bigint[];
    source_versions  bigint[];
    source_afters    bigint[];
    target_versions  bigint[];
    target_afters    bigint[];
    steps            bigint[];      -- by account whose stripes were gathered: the postings between them,
    elsewhere        bigint[];      -- and what the stripes that are not used have now
    stamp            timestamptz;
    row              record;
begin
    -- The balances, locked: of a striped account the one stripe, or all of them.
    for row in
        select known.no, b.posted, b.held, b.version, b.bar, b.ctid, b.stripe = known.stripe as used
          from (select account_ids[no] as id, no, coalesce(stripes[no], 0) as stripe,
                       gathered and stripes[no] > 0 as whole
                  from generate_series(1, cardinality(account_ids)) as no
                 order by 1) as known
         cross join lateral (
                   select posted, held, version, bar, ctid, stripe from ledger.balance
                    where book = batch.book and account = known.id
                      and stripe between case when known.whole then 1 else known.stripe end
                                     and case when known.whole then 64 else known.stripe end
                    order by stripe
                      for update
               ) as b
    loop
        posted[row.no] := row.posted + coalesce(posted[row.no], 0);
        held[row.no] := row.held + coalesce(held[row.no], 0);
        if row.bar is not null then
            bars[row.no] := 'account_' || row.bar;
        end if;
        if row.used then
            found := found + 1;
            versions[row.no] := row.version;
            places[row.no] := row.ctid;
        end if;
    end loop;
    if found <> batch.bounded then
        raise exception 'a bounded account of book % has no balance', batch.book using errcode = 'data_corrupted';
    end if;

    -- The reversed entries, locked; and the holds: whoever changes one has locked its account's balance.
    if cardinality(batch.reversed_ids) > 0 then
        select * into reversible, reversed from ledger.lock_reversed(batch.book, batch.reversed_ids);
    end if;
    if cardinality(batch.hold_ids) > 0 then
        select * into hold_states, hold_remains, hold_expiries, hold_versions
          from ledger.hold_states(batch.book, batch.hold_ids);
    end if;
    if batch.posting_lapses is not null then
        lapsed := ledger.lapsed(
            batch.book, batch.account_ids, batch.ats, batch.posting_entries, batch.posting_sources, batch.posting_lapses
        );
    end if;

    -- The keys are looked up only if an entry would be refused or if an insertion met another's, the ids only
    -- then, which saves statements nearly always.
    if met then
        for row in
            select no
              from generate_series(1, cardinality(ids)) as no
             cross join lateral (select from ledger.entry where book = batch.book and id = ids[no] limit 1) as e
        loop
            lost[row.no] := true;
        end loop;
    end if;
    loop
        if looked then
            codes := array_fill(null::text, array[cardinality(ids)]);
            for row in
                select no, e.id, e.posted_at, e.fingerprint = fingerprints[no] as same
                  from generate_series(1, cardinality(ids)) as no
                 cross join lateral (
                           select id, posted_at, fingerprint from ledger.entry
                            where book = batch.book and key = keys[no] limit 1
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
        decision := ledger.decide(
            ids, keys, ats, fingerprints, batch.twins, codes, stored, lost,
            batch.account_paths, bars, posted, held, versions, case when not gathered then stripes end, batch.lots, lapsed,
            batch.posting_entries, batch.posting_sources, batch.posting_targets, batch.posting_amounts,
            expiries, lapses,
            batch.hold_ids, batch.hold_accounts, hold_states, hold_remains, hold_expiries, hold_versions,
            batch.move_entries, batch.move_kinds, batch.move_holds, batch.move_accounts, batch.move_amounts,
            batch.move_expiries, reversals, batch.reversed_ids, batch.reversed_fellows, reversible, reversed
        );
        exit when decision.refusals = 0 or looked;
        looked := true;
    end loop;

    if decision.refusals > 0 and not gathered and ledger.is_missed(batch, decision) then
        return (true, decision, stored_ids, stored_ats, null)::ledger.attempt;
    elsif decision.accepted = 0 or decision.refusals > 0 and batch.all_or_nothing then
        return (false, decision, stored_ids, stored_ats, null)::ledger.attempt;
    elsif gathered then
        row := ledger.spread_all(batch, held, decision);
        decision := row.decision;
        steps := row.steps;
        elsewhere := row.elsewhere;
    end if;

    -- The entries, and what they come to: a key that a concurrent caller is about to take is waited for here.
    -- A plain insertion, as one that steps aside for conflicts costs half as much again. The balances are where
    -- they were locked.
    stamp := clock_timestamp();
    fresh := decision.fresh;
    posted_now := decision.posted;
    held_now := decision.held;
    versions_now := decision.versions;
    source_versions := decision.source_versions;
    source_afters := decision.source_afters;
    target_versions := decision.target_versions;
    target_afters := decision.target_afters;
    insert into ledger.entry (book, id, key, kind, at, posted_at, subject, reverses, fingerprint, facts)
    select batch.book, ids[this], keys[this], kinds[this], ats[this], stamp, subjects[this],
           batch.reversed_ids[reversals[this]], fingerprints[this], coalesce(facts[this], '{}')
      from generate_series(1, cardinality(ids)) as this
     where fresh[this]
     order by keys[this] collate "C";
    with moved as (
        insert into ledger.posting (
            book, entry, no, asset, amount, expires_at, lapsed,
            source, source_stripe, source_version, source_after,
            target, target_stripe, target_version, target_after
        )
        select batch.book, ids[batch.posting_entries[no]], batch.posting_numbers[no], assets[source],
               batch.posting_amounts[no], expiries[no], coalesce(lapses[no], false),
               account_ids[source], coalesce(stripes[source], 0),
               source_versions[no] + coalesce(steps[source], 0), source_afters[no] - coalesce(elsewhere[source], 0),
               account_ids[target], coalesce(stripes[target], 0),
               target_versions[no] + coalesce(steps[target], 0), target_afters[no] - coalesce(elsewhere[target], 0)
          from generate_series(1, cardinality(batch.posting_entries)) as no
         cross join lateral (select batch.posting_sources[no], batch.posting_targets[no]) as p (source, target)
         where fresh[batch.posting_entries[no]]
    ), kept as (
        update ledger.balance b
           set posted = posted_now[no], held = held_now[no], version = versions_now[no]
          from generate_series(1, cardinality(account_ids)) as no
         where b.ctid = places[no] and (b.version <> versions_now[no] or b.held <> held_now[no])
    )
    insert into ledger.unsealed (book, entry)
    select batch.book, ids[this]
      from generate_series(1, cardinality(ids)) as this
     where fresh[this]
     order by this;
    if cardinality(batch.hold_ids) > 0 then
        perform ledger.write_holds(batch, decision);
    end if;
    if batch.lots is not null then
        perform ledger.write_lots(batch, decision);
    end if;
    return (false, decision, stored_ids, stored_ats, stamp)::ledger.attempt;
end;
$$;
