-- What ledger.decide answers with, and the rule by which holds live. Arrays are indexed by the numbers of the
-- batch (see ledger.post).

create type ledger.decision as (
    accepted         integer,
    refusals         integer,
    codes            text[],        -- by entry: why it is refused, or null
    abouts           text[],        --           and the account, hold, entry or key that this is about
    fresh            boolean[],     --           it is to be written
    fellows          integer[],     --           the entry of this batch that stands under its key instead
    posted           bigint[],      -- by account: the balance when all is done
    held             bigint[],
    versions         bigint[],
    source_versions  bigint[],      -- by posting: version and balance after it
    source_afters    bigint[],
    target_versions  bigint[],
    target_afters    bigint[],
    hold_accounts    integer[],     -- by hold: its state when all is done
    hold_states      text[],
    hold_remains     bigint[],
    hold_versions    bigint[],
    taken            bigint[],      -- by move: how much it took, and as which event of its hold
    events           bigint[]
);


-- Why a move of a hold is refused, if it is. `settled_here` says that the same entry has just settled it: what
-- it settled to the last it may release, there is nothing left to free.

create function ledger.move_refusal(
    kind          text,
    state         text,           -- null if there is no such hold
    settled_here  boolean,
    asked         bigint,
    remaining     bigint,
    at            timestamptz,
    expires_at    timestamptz
) returns text
language sql immutable parallel safe
return case
    when kind = 'reserved' then case when state is not null then 'hold_exists' end
    when state is null then 'unknown_hold'
    when state <> 'open' and not (kind = 'released' and settled_here) then 'hold_closed'
    when kind = 'expired' and (at >= expires_at) is not true then 'hold_not_due'
    when kind = 'settled' and at >= expires_at then 'hold_expired'
    when kind = 'settled' and asked > remaining then 'hold_exceeded'
end;
