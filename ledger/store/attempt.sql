-- One try of a batch, from the first lock to the last row. It has to be made again if a key or an id of it was
-- taken meanwhile, or if a stripe had less than was asked of its account; ledger.post then takes back what
-- may have been written, and locks that were taken for nothing.

create function ledger.attempt(batch ledger.batch, gathered boolean, looked boolean, lost boolean[])
returns ledger.attempt
language plpgsql
as $$
#variable_conflict use_column
declare
    posted         bigint[] := array_fill(null::bigint, array[cardinality(batch.account_ids)]);
    held           bigint[] := posted;
    versions       bigint[] := posted;
    places         tid[] := array_fill(null::tid, array[cardinality(batch.account_ids)]);
    found          integer := 0;
    lapsed         bigint[];
    hold_states    text[];
    hold_remains   bigint[] := array_fill(null::bigint, array[coalesce(cardinality(batch.hold_ids), 0)]);
    hold_expiries  timestamptz[];
    hold_versions  bigint[] := hold_remains;
    reversible     boolean[];
    reversed       boolean[];
    codes          text[];
    stored         boolean[];
    stored_ids     uuid[];
    stored_ats     timestamptz[];
    decision       ledger.decision;
    steps          bigint[];      -- by account whose stripes were gathered: the postings between them,
    elsewhere      bigint[];      -- and what the stripes that are not used have now
    stamp          timestamptz;
    landed         uuid[];
    row            record;
begin
    -- The balances, locked: of a striped account the one stripe, or all of them.
    for row in
        select known.no, b.posted, b.held, b.version, b.ctid, b.stripe = known.stripe as used
          from (select id, no, coalesce(stripe, 0) as stripe, gathered and stripe > 0 as whole
                  from unnest(batch.account_ids, batch.stripes) with ordinality as a (id, stripe, no)
                 order by id) as known
         cross join lateral (
                   select posted, held, version, ctid, stripe from ledger.balance
                    where book = batch.book and account = known.id
                      and stripe between case when known.whole then 1 else known.stripe end
                                     and case when known.whole then 64 else known.stripe end
                    order by stripe
                      for update
               ) as b
    loop
        posted[row.no] := row.posted + coalesce(posted[row.no], 0);
        held[row.no] := row.held + coalesce(held[row.no], 0);
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

    -- The keys are looked up only if an entry would be refused or if an insertion met another's, which saves a
    -- statement nearly always.
    loop
        if looked then
            codes := array_fill(null::text, array[cardinality(batch.ids)]);
            for row in
                select named.no, e.id, e.posted_at, e.fingerprint = batch.fingerprints[named.no] as same
                  from unnest(batch.keys) with ordinality as named (key, no)
                 cross join lateral (
                           select id, posted_at, fingerprint from ledger.entry
                            where book = batch.book and key = named.key limit 1
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
            batch.ids, batch.keys, batch.ats, batch.fingerprints, batch.twins, codes, stored, lost,
            batch.account_paths, batch.bars, posted, held, versions, batch.lots, lapsed,
            batch.posting_entries, batch.posting_sources, batch.posting_targets, batch.posting_amounts,
            batch.posting_expiries, batch.posting_lapses,
            batch.hold_ids, batch.hold_accounts, hold_states, hold_remains, hold_expiries, hold_versions,
            batch.move_entries, batch.move_kinds, batch.move_holds, batch.move_accounts, batch.move_amounts,
            batch.move_expiries, batch.reversals, batch.reversed_ids, batch.reversed_fellows, reversible, reversed
        );
        exit when decision.refusals = 0 or looked;
        looked := true;
    end loop;

    if decision.refusals > 0 and not gathered and ledger.is_missed(batch, decision) then
        return (true, true, looked, lost, decision, stored_ids, stored_ats, null)::ledger.attempt;
    elsif decision.accepted = 0 or decision.refusals > 0 and batch.all_or_nothing then
        return (false, gathered, looked, lost, decision, stored_ids, stored_ats, null)::ledger.attempt;
    elsif gathered then
        row := ledger.spread_all(batch, held, decision);
        decision := row.decision;
        steps := row.steps;
        elsewhere := row.elsewhere;
    end if;

    -- The entries, and with them what they come to, or none of it: a key that a concurrent caller is about to
    -- take is waited for here. The balances are where they were locked.
    stamp := clock_timestamp();
    with landing as (
        insert into ledger.entry (book, id, key, kind, at, posted_at, subject, reverses, fingerprint, facts)
        select batch.book, e.id, e.key, e.kind, e.at, stamp, e.subject, batch.reversed_ids[e.reversal],
               e.fingerprint, coalesce(e.facts, '{}')
          from unnest(
                   batch.ids, batch.keys, batch.kinds, batch.ats, batch.subjects, batch.reversals,
                   batch.fingerprints, batch.facts, decision.fresh
               ) as e (id, key, kind, at, subject, reversal, fingerprint, facts, fresh)
         where e.fresh
         order by e.key collate "C"
            on conflict do nothing
        returning id
    ), complete as (
        select where (select count(*) from landing) = decision.accepted
    ), moved as (
        insert into ledger.posting (
            book, entry, no, asset, amount, expires_at, lapsed,
            source, source_stripe, source_version, source_after,
            target, target_stripe, target_version, target_after
        )
        select batch.book, batch.ids[p.entry], p.no, batch.account_assets[p.source], p.amount,
               p.expires_at, coalesce(p.lapsed, false),
               batch.account_ids[p.source], coalesce(batch.stripes[p.source], 0),
               p.source_version + coalesce(steps[p.source], 0), p.source_after - coalesce(elsewhere[p.source], 0),
               batch.account_ids[p.target], coalesce(batch.stripes[p.target], 0),
               p.target_version + coalesce(steps[p.target], 0), p.target_after - coalesce(elsewhere[p.target], 0)
          from complete
         cross join unnest(
                   batch.posting_entries, batch.posting_numbers, batch.posting_sources, batch.posting_targets,
                   batch.posting_amounts, batch.posting_expiries, batch.posting_lapses,
                   decision.source_versions, decision.source_afters, decision.target_versions, decision.target_afters
               ) as p (entry, no, source, target, amount, expires_at, lapsed,
                       source_version, source_after, target_version, target_after)
         where decision.fresh[p.entry]
    ), kept as (
        update ledger.balance b
           set posted = now.posted, held = now.held, version = now.version
          from complete
         cross join unnest(places, decision.posted, decision.held, decision.versions)
                    as now (place, posted, held, version)
         where b.ctid = now.place and (b.version <> now.version or b.held <> now.held)
    ), waiting as (
        insert into ledger.unsealed (book, entry)
        select batch.book, e.id
          from complete
         cross join unnest(batch.ids, decision.fresh) with ordinality as e (id, fresh, no)
         where e.fresh
         order by e.no
    )
    select array_agg(id) into landed from landing;

    if coalesce(cardinality(landed), 0) < decision.accepted then
        for this in 1 .. cardinality(batch.ids) loop
            lost[this] := coalesce(lost[this], false)
                       or decision.fresh[this] and (batch.ids[this] = any (landed)) is not true;
        end loop;
        return (true, gathered, true, lost, decision, stored_ids, stored_ats, null)::ledger.attempt;
    end if;
    if cardinality(batch.hold_ids) > 0 then
        perform ledger.write_holds(batch, decision);
    end if;
    if batch.lots is not null then
        perform ledger.write_lots(batch, decision);
    end if;
    return (false, gathered, looked, lost, decision, stored_ids, stored_ats, stamp)::ledger.attempt;
end;
$$;
