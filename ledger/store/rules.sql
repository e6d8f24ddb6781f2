-- What the steps of posting hand to each other, and the rule by which holds live. Arrays are indexed by the
-- numbers of the batch (see ledger.post).

-- A batch as it came, with all its accounts known: those that its holds bring along are numbered last.

create type ledger.batch as (
    book              text,
    account_ids       bigint[],
    account_paths     text[],
    account_assets    text[],
    bars              text[],        -- by account: why it cannot be used; null altogether if all can
    lots              boolean[],     --             whether it has lots; null altogether if none has
    stripes           smallint[],    --             the stripe to use; null altogether if none has stripes
    bounded           integer,
    ids               uuid[],
    keys              text[],
    kinds             text[],
    ats               timestamptz[],
    subjects          uuid[],
    reversals         integer[],
    facts             jsonb[],
    fingerprints      bytea[],
    twins             integer[],
    posting_entries   integer[],
    posting_numbers   smallint[],
    posting_sources   integer[],
    posting_targets   integer[],
    posting_amounts   bigint[],
    posting_expiries  timestamptz[],
    posting_lapses    boolean[],
    hold_ids          uuid[],
    hold_accounts     integer[],
    hold_stripes      smallint[],
    move_entries      integer[],
    move_kinds        text[],
    move_holds        integer[],
    move_accounts     integer[],
    move_amounts      bigint[],
    move_expiries     timestamptz[],
    reversed_ids      uuid[],
    reversed_fellows  integer[],
    all_or_nothing    boolean
);


-- What is decided about it.

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


-- How a try of it went.

create type ledger.attempt as (
    again       boolean,          -- it has to be made again, with all stripes of each account
    decision    ledger.decision,
    stored_ids  uuid[],           -- by entry: what stands under its key, if it was looked up and is there
    stored_ats  timestamptz[],
    stamp       timestamptz
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
