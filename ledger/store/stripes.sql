-- Accounts that everyone draws on are split: each stripe has a share of the balance, and a caller locks only
-- his own. A draw that misses its stripe locks all of them, so that the floor is that of the whole, and then
-- spreads evenly what is left: the next draws find enough where they look first.

-- The stripe that this session uses: sessions that are open at once mostly have different ones.

create function ledger.own_stripe(stripes smallint) returns smallint
language sql stable parallel restricted
return case when stripes > 0 then 1 + pg_backend_pid() % stripes else 0 end;


-- Spreads an account whose stripes are all locked and which is to have `available` left when all is done: each
-- stripe gets its share beside what is held of it, and `own` whatever remains. The postings between the
-- stripes come before the batch's own lines and serve `the_entry`; they are numbered downwards from `after_no`.
-- Returns how many there are, and what the other stripes have and hold now.

create function ledger.spread(
    the_book       text,
    the_entry      uuid,
    the_asset      text,
    the_account    bigint,
    own            smallint,
    available      bigint,
    freed_stripes  smallint[],    -- what the batch frees of holds, by the stripe that they are of
    freed_amounts  bigint[],
    after_no       integer,
    out steps      bigint,
    out elsewhere  bigint,
    out held       bigint
)
language sql
begin atomic
    with stripe as (
        select b.stripe as no, b.posted, b.version, b.held - coalesce(freed.amount, 0) as held,
               b.held - coalesce(freed.amount, 0) + greatest(available, 0) / count(*) over () as share
          from ledger.balance b
          left join (select no, sum(amount)::bigint as amount
                       from unnest(freed_stripes, freed_amounts) as f (no, amount) group by no) as freed
            on freed.no = b.stripe
         where b.book = the_book and b.account = the_account
    ), mine as (
        select posted, version from stripe where no = own
    ), step as (
        -- First what comes in, then what goes out: no stripe is below zero on the way.
        select s.no, s.posted - s.share as gain, s.share, s.version + 1 as version,
               row_number() over by_gain as step,
               mine.posted + sum(s.posted - s.share) over by_gain as mine_after,
               mine.version + row_number() over by_gain as mine_version
          from stripe s
         cross join mine
         where s.no <> own and s.posted <> s.share
        window by_gain as (order by s.posted - s.share desc, s.no)
    ), moved as (
        insert into ledger.posting (
            book, entry, no, asset, amount, source, source_stripe, source_version, source_after,
            target, target_stripe, target_version, target_after
        )
        select the_book, the_entry, after_no - step, the_asset, abs(gain),
               the_account, side.source, side.source_version, side.source_after,
               the_account, side.target, side.target_version, side.target_after
          from step
         cross join lateral (
                   select no, version, share, own, mine_version, mine_after where gain > 0
                    union all
                   select own, mine_version, mine_after, no, version, share where gain < 0
               ) as side (source, source_version, source_after, target, target_version, target_after)
    ), kept as (
        update ledger.balance b
           set posted = s.share, held = s.held, version = b.version + (b.posted <> s.share)::integer
          from stripe s
         where b.book = the_book and b.account = the_account and b.stripe = s.no and s.no <> own
    )
    select (select count(*) from step), sum(share), sum(s.held)
      from stripe s
     where no <> own;
end;


-- Whether a stripe had less than was asked of its account, or less room than was needed.

create function ledger.is_missed(batch ledger.batch, decision ledger.decision) returns boolean
language sql immutable parallel safe
return exists (
    select from generate_series(1, cardinality(batch.ids)) as this
      join unnest(batch.account_paths, batch.stripes) as a (path, stripe) on a.path = decision.abouts[this]
     where a.stripe > 0 and decision.codes[this] in ('insufficient', 'amount_overflow')
);


-- Spreads all striped accounts of a batch that was decided for each of them as a whole. From here on the
-- decision is that of the stripes in use: by account, `steps` postings between stripes have raised the version
-- of each before the batch's own lines, and the others have `elsewhere`.

create function ledger.spread_all(
    batch           ledger.batch,
    held_before     bigint[],
    inout decision  ledger.decision,
    out steps       bigint[],
    out elsewhere   bigint[]
)
language plpgsql
as $$
declare
    the_entry  constant uuid := batch.ids[array_position(decision.fresh, true)];
    last_no    integer := 0;
    lowest     bigint;
    spread     record;
begin
    for this in 1 .. cardinality(batch.account_ids) loop
        continue when (batch.stripes[this] > 0) is not true;
        select least(decision.posted[this], min(p.after))
          into lowest
          from unnest(batch.posting_sources, decision.source_afters) as p (source, after)
         where p.source = this;
        select s.*
          into spread
          from (select array_agg(batch.hold_stripes[m.hold]) as stripes, array_agg(m.taken) as amounts
                  from unnest(batch.move_entries, batch.move_kinds, batch.move_holds, decision.taken)
                       as m (entry, kind, hold, taken)
                 where decision.fresh[m.entry] and m.kind <> 'reserved'
                   and batch.hold_accounts[m.hold] = this) as freed
         cross join lateral ledger.spread(
                   batch.book, the_entry, batch.account_assets[this], batch.account_ids[this], batch.stripes[this],
                   lowest - greatest(held_before[this], decision.held[this]),
                   freed.stripes, freed.amounts, last_no
               ) as s;
        steps[this] := spread.steps;
        elsewhere[this] := spread.elsewhere;
        last_no := last_no - spread.steps;
        decision.posted[this] := decision.posted[this] - spread.elsewhere;
        decision.held[this] := decision.held[this] - spread.held;
        decision.versions[this] := decision.versions[this] + spread.steps;
    end loop;
end;
$$;
