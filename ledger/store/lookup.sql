-- What a batch names, looked up one by one (lateral, limit 1): no statistics, however stale, can turn that into
-- a scan, and the plans can be kept. Arrays come back in the order in which the batch numbers things.

-- Locks the reversed entries, by id; tells which are there, and which were reversed before.

create function ledger.lock_reversed(
    the_book        text,
    reversed_ids    uuid[],
    out reversible  boolean[],
    out reversed    boolean[]
)
language plpgsql
as $$
#variable_conflict use_column
declare
    row  record;
begin
    for row in
        select named.no
          from (select id, no from unnest(reversed_ids) with ordinality as r (id, no) order by id) as named
         cross join lateral (
                   select from ledger.entry where book = the_book and id = named.id limit 1 for no key update
               ) as e
    loop
        reversible[row.no] := true;
    end loop;
    for row in
        select named.no
          from unnest(reversed_ids) with ordinality as named (id, no)
         cross join lateral (
                   select from ledger.entry where book = the_book and reverses = named.id limit 1
               ) as e
    loop
        reversed[row.no] := true;
    end loop;
end;
$$;


-- Tells how holds stand. Whoever changes one has locked its account's balance, so that they need no locks of
-- their own.

create function ledger.hold_states(
    the_book      text,
    hold_ids      uuid[],
    out states    text[],
    out remains   bigint[],
    out expiries  timestamptz[],
    out versions  bigint[]
)
language sql stable
as $$
    select array_agg(h.state order by named.no),
           array_agg(h.remaining order by named.no),
           array_agg(h.expires_at order by named.no),
           array_agg(h.version order by named.no)
      from unnest(hold_ids) with ordinality as named (id, no)
      left join lateral (
               select state, remaining, expires_at, version from ledger.hold
                where book = the_book and id = named.id limit 1
           ) as h on true
$$;
