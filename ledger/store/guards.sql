-- What the database itself refuses, whoever asks. The triggers fire ALWAYS: neither the owner nor a session
-- that plays a replica passes them.

create function ledger.refuse_rewriting() returns trigger
language plpgsql as $$
begin
    raise exception 'ledger.% is append-only: % is refused; a correction is a new entry', tg_table_name, tg_op
        using errcode = 'restrict_violation';
end;
$$;

create trigger append_only before update or delete or truncate on ledger.entry
    for each statement execute function ledger.refuse_rewriting();
create trigger append_only before update or delete or truncate on ledger.posting
    for each statement execute function ledger.refuse_rewriting();
create trigger append_only before update or delete or truncate on ledger.hold_event
    for each statement execute function ledger.refuse_rewriting();
create trigger append_only before update or delete or truncate on ledger.lot_event
    for each statement execute function ledger.refuse_rewriting();

alter table ledger.entry enable always trigger append_only;
alter table ledger.posting enable always trigger append_only;
alter table ledger.hold_event enable always trigger append_only;
alter table ledger.lot_event enable always trigger append_only;


create function ledger.refuse_reviving() returns trigger
language plpgsql as $$
begin
    if old.state <> 'open' then
        raise exception 'hold % is %: that is its last state', old.id, old.state
            using errcode = 'restrict_violation';
    end if;
    if (new.book, new.id, new.entry, new.account, new.stripe, new.amount)
       is distinct from (old.book, old.id, old.entry, old.account, old.stripe, old.amount)
       or new.expires_at is distinct from old.expires_at
       or new.remaining > old.remaining
    then
        raise exception 'hold % only ever shrinks', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end;
$$;

create trigger terminal_is_terminal before update on ledger.hold
    for each row execute function ledger.refuse_reviving();
create trigger never_forgotten before delete or truncate on ledger.hold
    for each statement execute function ledger.refuse_rewriting();

alter table ledger.hold enable always trigger terminal_is_terminal;
alter table ledger.hold enable always trigger never_forgotten;
