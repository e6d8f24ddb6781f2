-- What lapses is drawn oldest first. The balance of an account with lots is locked whenever one of them
-- changes, so that they need no locks of their own.

-- When a lot lapses that gets something back: on its own date, and once in its life not before 30 days from now.

create function ledger.date_kept(expires_at timestamptz, extended boolean, at timestamptz) returns timestamptz
language sql immutable parallel safe
return case when extended or expires_at is null then expires_at else greatest(expires_at, at + interval '720 hours') end;


-- What of each account has lapsed and is not held, by the time of the first posting that asks for it.

create function ledger.lapsed(
    the_book         text,
    account_ids      bigint[],
    ats              timestamptz[],
    posting_entries  integer[],
    posting_sources  integer[],
    posting_lapses   boolean[]
) returns bigint[]
language sql stable
begin atomic
    select array_agg(
               (select sum(l.posted - l.held) from ledger.lot l
                 where l.book = the_book and l.account = a.id and l.posted > 0 and l.expires_at <= due.at)
               order by a.no
           )
      from unnest(account_ids) with ordinality as a (id, no)
      left join (select p.source, min(ats[p.entry]) as at
                   from unnest(posting_entries, posting_sources, posting_lapses) as p (entry, source, lapse)
                  where p.lapse group by p.source) as due
        on due.source = a.no;
end;


-- Draws from the lots of an account, oldest first, beginning with what the same entry has settled of holds.
-- Each of these functions numbers its events from `after_no` on and returns the last number.

create function ledger.draw_lots(
    the_book     text,
    the_account  bigint,
    the_entry    uuid,
    the_posting  smallint,
    wanted       bigint,
    due_at       timestamptz,   -- null: whatever its date
    after_no     integer
) returns integer
language sql
begin atomic
    with settled as (
        select e.lot, sum(case e.kind when 'settled' then e.amount else -e.amount end) as amount
          from ledger.lot_event e
         where e.book = the_book and e.entry = the_entry and e.account = the_account
           and e.kind in ('settled', 'drawn')
         group by e.lot having sum(case e.kind when 'settled' then e.amount else -e.amount end) > 0
    ), part as (
        select l.no, l.expires_at, s.amount, 0 as turn from settled s
          join ledger.lot l on l.book = the_book and l.account = the_account and l.no = s.lot
         union all
        select l.no, l.expires_at, l.posted - l.held - coalesce(s.amount, 0), 1
          from ledger.lot l left join settled s on s.lot = l.no
         where l.book = the_book and l.account = the_account and l.posted > 0
           and (due_at is null or l.expires_at <= due_at)
    ), queue as (
        select no, amount, sum(amount) over (order by turn, expires_at, no) - amount as before from part where amount > 0
    ), taken as (
        select no, sum(least(amount, wanted - before))::bigint as amount from queue where before < wanted group by no
    ), kept as (
        update ledger.lot l set posted = l.posted - t.amount from taken t
         where l.book = the_book and l.account = the_account and l.no = t.no
    ), told as (
        insert into ledger.lot_event (book, entry, no, account, lot, amount, posting, kind)
        select the_book, the_entry, after_no + row_number() over (order by no), the_account, no, amount, the_posting, 'drawn'
          from taken
        returning no
    )
    select coalesce(max(no), after_no) from told;
end;


-- Gives back to the lots of an account what a reversed entry drew from them, the youngest first; returns also
-- how much that is.

create function ledger.return_lots(
    the_book       text,
    the_account    bigint,
    the_entry      uuid,
    the_posting    smallint,
    reversed       uuid,
    wanted         bigint,
    at             timestamptz,
    inout last_no  integer,
    out returned   bigint
)
language sql
begin atomic
    with drawn as (
        select e.lot, sum(case e.kind when 'drawn' then e.amount else -e.amount end)::bigint as amount
          from ledger.lot_event e
         where e.book = the_book and e.account = the_account
           and (e.entry = reversed and e.kind = 'drawn' or e.entry = the_entry and e.kind = 'returned')
         group by e.lot
    ), queue as (
        select l.no, d.amount, ledger.date_kept(l.expires_at, l.extended, at) as expires_at,
               sum(d.amount) over (order by l.expires_at desc nulls first, l.no desc) - d.amount as before
          from drawn d
          join ledger.lot l on l.book = the_book and l.account = the_account and l.no = d.lot
         where d.amount > 0
    ), given as (
        select no, expires_at, least(amount, wanted - before)::bigint as amount from queue where before < wanted
    ), kept as (
        update ledger.lot l
           set posted = l.posted + g.amount, extended = l.extended or coalesce(l.expires_at < g.expires_at, false), expires_at = g.expires_at
          from given g
         where l.book = the_book and l.account = the_account and l.no = g.no
    ), told as (
        insert into ledger.lot_event (book, entry, no, account, lot, amount, expires_at, posting, kind)
        select the_book, the_entry, last_no + row_number() over (order by no), the_account, no, amount, expires_at,
               the_posting, 'returned'
          from given
        returning no, amount
    )
    select coalesce(max(no), last_no), coalesce(sum(amount), 0)::bigint from told;
end;


-- Pins lots for a hold, oldest first.

create function ledger.pin_lots(
    the_book     text,
    the_account  bigint,
    the_entry    uuid,
    the_hold     uuid,
    wanted       bigint,
    after_no     integer
) returns integer
language sql
begin atomic
    with queue as (
        select l.no, l.posted - l.held as amount,
               sum(l.posted - l.held) over (order by l.expires_at, l.no) - (l.posted - l.held) as before
          from ledger.lot l
         where l.book = the_book and l.account = the_account and l.posted > l.held
    ), taken as (
        select no, least(amount, wanted - before)::bigint as amount from queue where before < wanted
    ), kept as (
        update ledger.lot l set held = l.held + t.amount from taken t
         where l.book = the_book and l.account = the_account and l.no = t.no
    ), told as (
        insert into ledger.lot_event (book, entry, no, account, lot, amount, hold, kind)
        select the_book, the_entry, after_no + row_number() over (order by no), the_account, no, amount, the_hold, 'pinned'
          from taken
        returning no
    )
    select coalesce(max(no), after_no) from told;
end;


-- Unpins lots of a hold, oldest first: settled for a draw of the same entry, or freed.

create function ledger.unpin_lots(
    the_book     text,
    the_account  bigint,
    the_entry    uuid,
    the_hold     uuid,
    the_kind     text,
    wanted       bigint,
    at           timestamptz,
    after_no     integer
) returns integer
language sql
begin atomic
    with pinned as (
        select e.lot, sum(case e.kind when 'pinned' then e.amount else -e.amount end)::bigint as amount
          from ledger.lot_event e
         where e.book = the_book and e.hold = the_hold
         group by e.lot
    ), queue as (
        select l.no, p.amount,
               case the_kind when 'settled' then l.expires_at
                             else ledger.date_kept(l.expires_at, l.extended, at) end as expires_at,
               sum(p.amount) over (order by l.expires_at, l.no) - p.amount as before
          from pinned p
          join ledger.lot l on l.book = the_book and l.account = the_account and l.no = p.lot
         where p.amount > 0
    ), taken as (
        select no, expires_at, least(amount, wanted - before)::bigint as amount from queue where before < wanted
    ), kept as (
        update ledger.lot l
           set held = l.held - t.amount, extended = l.extended or coalesce(l.expires_at < t.expires_at, false), expires_at = t.expires_at
          from taken t
         where l.book = the_book and l.account = the_account and l.no = t.no
    ), told as (
        insert into ledger.lot_event (book, entry, no, account, lot, amount, expires_at, hold, kind)
        select the_book, the_entry, after_no + row_number() over (order by no), the_account, no, amount,
               case the_kind when 'freed' then expires_at end, the_hold, the_kind
          from taken
        returning no
    )
    select coalesce(max(no), after_no) from told;
end;


-- Writes what a batch did to lots. Within an entry, what comes in comes before what goes out.

create function ledger.write_lots(batch ledger.batch, decision ledger.decision) returns void
language plpgsql
as $$
declare
    last_no        integer;
    account        integer;
    back           bigint;
    first_posting  integer;
    last_posting   integer := 0;
    first_move     integer;
    last_move      integer := 0;
begin
    for this in 1 .. cardinality(batch.ids) loop
        first_posting := last_posting + 1;
        while batch.posting_entries[last_posting + 1] = this loop
            last_posting := last_posting + 1;
        end loop;
        first_move := last_move + 1;
        while batch.move_entries[last_move + 1] = this loop
            last_move := last_move + 1;
        end loop;
        continue when not decision.fresh[this];
        last_no := 0;

        for i in first_move .. last_move loop
            account := decision.hold_accounts[batch.move_holds[i]];
            if batch.lots[account] and batch.move_kinds[i] <> 'reserved' then
                last_no := ledger.unpin_lots(
                    batch.book, batch.account_ids[account], batch.ids[this], batch.hold_ids[batch.move_holds[i]],
                    case batch.move_kinds[i] when 'settled' then 'settled' else 'freed' end,
                    decision.taken[i], batch.ats[this], last_no
                );
            end if;
        end loop;
        for i in first_posting .. last_posting loop
            account := batch.posting_targets[i];
            continue when batch.lots[account] is not true;
            back := 0;
            if batch.reversals[this] is not null then
                select r.last_no, r.returned
                  into last_no, back
                  from ledger.return_lots(
                      batch.book, batch.account_ids[account], batch.ids[this], batch.posting_numbers[i],
                      batch.reversed_ids[batch.reversals[this]], batch.posting_amounts[i], batch.ats[this], last_no
                  ) as r;
            end if;
            if back < batch.posting_amounts[i] then
                insert into ledger.lot (book, account, no, posted, expires_at)
                values (batch.book, batch.account_ids[account], decision.target_versions[i],
                        batch.posting_amounts[i] - back, batch.posting_expiries[i]);
            end if;
        end loop;
        for i in first_posting .. last_posting loop
            account := batch.posting_sources[i];
            if batch.lots[account] then
                last_no := ledger.draw_lots(
                    batch.book, batch.account_ids[account], batch.ids[this], batch.posting_numbers[i], batch.posting_amounts[i],
                    case when batch.posting_lapses[i] then batch.ats[this] end, last_no
                );
            end if;
        end loop;
        for i in first_move .. last_move loop
            account := decision.hold_accounts[batch.move_holds[i]];
            if batch.lots[account] and batch.move_kinds[i] = 'reserved' then
                last_no := ledger.pin_lots(
                    batch.book, batch.account_ids[account], batch.ids[this], batch.hold_ids[batch.move_holds[i]], decision.taken[i], last_no
                );
            end if;
        end loop;
    end loop;
end;
$$;
