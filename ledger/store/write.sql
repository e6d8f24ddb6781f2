-- Inserts the entries that may stand, by key, and returns the ids of those whose key and id were free.

create function ledger.land_entries(
    the_book      text,
    ids           uuid[],
    keys          text[],
    kinds         text[],
    ats           timestamptz[],
    stamp         timestamptz,
    subjects      uuid[],
    reversals     integer[],
    reversed_ids  uuid[],
    facts_of      jsonb[],
    fingerprints  bytea[],
    fresh         boolean[]
) returns uuid[]
language plpgsql
as $$
#variable_conflict use_column
declare
    landed  uuid[];
begin
    with landing as (
        insert into ledger.entry (book, id, key, kind, at, posted_at, subject, reverses, fingerprint, facts)
        select the_book, e.id, e.key, e.kind, e.at, stamp, e.subject, reversed_ids[e.reversal], e.fingerprint,
               coalesce(e.facts, '{}')
          from unnest(ids, keys, kinds, ats, subjects, reversals, fingerprints, facts_of)
               with ordinality as e (id, key, kind, at, subject, reversal, fingerprint, facts, no)
         where fresh[e.no]
         order by e.key collate "C"
            on conflict do nothing
        returning id
    )
    select coalesce(array_agg(id), '{}') into landed from landing;
    return landed;
end;
$$;


-- Writes what a batch came to, set by set; its entries have landed.

create function ledger.write_batch(
    the_book         text,
    account_ids      bigint[],
    account_assets   text[],
    ids              uuid[],
    fresh            boolean[],
    decision         ledger.decision,
    posting_entries  integer[],
    posting_numbers  smallint[],
    posting_sources  integer[],
    posting_targets  integer[],
    posting_amounts  bigint[],
    hold_ids         uuid[],
    move_entries     integer[],
    move_kinds       text[],
    move_holds       integer[],
    move_amounts     bigint[],
    move_expiries    timestamptz[]
) returns void
language plpgsql
as $$
#variable_conflict use_column
begin
    insert into ledger.posting (
        book, entry, no, asset, amount,
        source, source_version, source_after, target, target_version, target_after
    )
    select the_book, ids[p.entry], p.no, account_assets[p.source], p.amount,
           account_ids[p.source], p.source_version, p.source_after,
           account_ids[p.target], p.target_version, p.target_after
      from unnest(
               posting_entries, posting_numbers, posting_sources, posting_targets, posting_amounts,
               decision.source_versions, decision.source_afters, decision.target_versions, decision.target_afters
           ) as p (entry, no, source, target, amount, source_version, source_after, target_version, target_after)
     where fresh[p.entry];

    -- Every one of these rows is there: this is an update that finds them by key whatever the planner believes.
    insert into ledger.balance as b (book, account, posted, held, version)
    select the_book, now.account, now.posted, now.held, now.version
      from unnest(account_ids, decision.posted, decision.held, decision.versions) as now (account, posted, held, version)
     where now.version is not null
        on conflict (book, account, stripe) do update
       set posted = excluded.posted, held = excluded.held, version = excluded.version
     where b.version <> excluded.version or b.held <> excluded.held;

    insert into ledger.unsealed (book, entry)
    select the_book, e.id
      from unnest(ids, fresh) as e (id, fresh)
     where e.fresh;

    if cardinality(move_entries) > 0 then
        for i in 1 .. cardinality(hold_ids) loop
            update ledger.hold
               set state = decision.hold_states[i],
                   remaining = decision.hold_remains[i],
                   version = decision.hold_versions[i]
             where book = the_book and id = hold_ids[i] and version <> decision.hold_versions[i];
        end loop;

        insert into ledger.hold (book, id, entry, account, amount, remaining, state, version, expires_at)
        select the_book, hold_ids[m.hold], ids[m.entry], account_ids[decision.hold_accounts[m.hold]], m.amount,
               decision.hold_remains[m.hold], decision.hold_states[m.hold], decision.hold_versions[m.hold], m.expires_at
          from unnest(move_entries, move_kinds, move_holds, move_amounts, move_expiries)
               as m (entry, kind, hold, amount, expires_at)
         where fresh[m.entry] and m.kind = 'reserved';

        insert into ledger.hold_event (book, hold, no, entry, kind, amount, asked)
        select the_book, hold_ids[m.hold], m.event, ids[m.entry], m.kind, m.taken, m.asked
          from unnest(move_entries, move_kinds, move_holds, decision.taken, decision.events, move_amounts)
               as m (entry, kind, hold, taken, event, asked)
         where fresh[m.entry];
    end if;
end;
$$;
