-- Writes what a batch did to holds.

create function ledger.write_holds(batch ledger.batch, decision ledger.decision) returns void
language plpgsql
as $$
#variable_conflict use_column
begin
    for i in 1 .. cardinality(batch.hold_ids) loop
        update ledger.hold
           set state = decision.hold_states[i],
               remaining = decision.hold_remains[i],
               version = decision.hold_versions[i]
         where book = batch.book and id = batch.hold_ids[i] and version <> decision.hold_versions[i];
    end loop;

    insert into ledger.hold (book, id, entry, account, stripe, amount, remaining, state, version, expires_at)
    select batch.book, batch.hold_ids[m.hold], batch.ids[m.entry], batch.account_ids[decision.hold_accounts[m.hold]],
           coalesce(batch.stripes[decision.hold_accounts[m.hold]], 0), m.amount,
           decision.hold_remains[m.hold], decision.hold_states[m.hold], decision.hold_versions[m.hold], m.expires_at
      from unnest(batch.move_entries, batch.move_kinds, batch.move_holds, batch.move_amounts, batch.move_expiries)
           as m (entry, kind, hold, amount, expires_at)
     where decision.fresh[m.entry] and m.kind = 'reserved';

    insert into ledger.hold_event (book, hold, no, entry, kind, amount, asked)
    select batch.book, batch.hold_ids[m.hold], m.event, batch.ids[m.entry], m.kind, m.taken, m.asked
      from unnest(batch.move_entries, batch.move_kinds, batch.move_holds, decision.taken, decision.events, batch.move_amounts)
           as m (entry, kind, hold, taken, event, asked)
     where decision.fresh[m.entry];
end;
$$;
