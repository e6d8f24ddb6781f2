-- Which entries of a batch may stand, decided one after the other in their order. Pure: no table is read and
-- no clock, so the rules of posting stand in one place. Every array is indexed by the numbers of the batch
-- (see ledger.post); a balance that is null belongs to an account without a floor.

create function ledger.decide(
    ids               uuid[],
    keys              text[],
    ats               timestamptz[],
    fingerprints      bytea[],
    twins             integer[],
    codes             text[],
    stored            boolean[],      -- the same entry was posted before
    lost              boolean[],      -- its insertion met another's
    account_paths     text[],
    bars              text[],         -- why an account cannot be used; null altogether if all can
    posted            bigint[],
    held              bigint[],
    versions          bigint[],
    stripes           smallint[],     -- the one stripe of an account that is all we see of it; null if there is none
    lots              boolean[],      -- whether an account has lots; null altogether if none has
    lapsed            bigint[],       -- what of its lots has lapsed; null altogether if no posting asks
    posting_entries   integer[],
    posting_sources   integer[],
    posting_targets   integer[],
    posting_amounts   bigint[],
    posting_expiries  timestamptz[],
    posting_lapses    boolean[],
    hold_ids          uuid[],
    hold_accounts     integer[],
    hold_states       text[],         -- null for a hold that is not there; one without an account came too late
    hold_remains      bigint[],
    hold_expiries     timestamptz[],
    hold_versions     bigint[],
    move_entries      integer[],
    move_kinds        text[],
    move_holds        integer[],
    move_accounts     integer[],
    move_amounts      bigint[],
    move_expiries     timestamptz[],
    reversals         integer[],
    reversed_ids      uuid[],
    reversed_fellows  integer[],
    reversible        boolean[],
    reversed          boolean[]
) returns ledger.decision
language plpgsql immutable
as $$
declare
    largest          constant bigint := 9223372036854775807;
    largest_stripe   constant bigint := largest / 64;   -- of which an account has 64 at most
    accepted         integer := 0;
    refusals         integer := 0;
    abouts           text[];
    fresh            boolean[] := array_fill(false, array[cardinality(ids)]);
    fellows          integer[];
    source_versions  bigint[] := array_fill(null::bigint, array[coalesce(cardinality(posting_entries), 0)]);
    source_afters    bigint[] := source_versions;
    target_versions  bigint[] := source_versions;
    target_afters    bigint[] := source_versions;
    taken            bigint[] := array_fill(null::bigint, array[coalesce(cardinality(move_entries), 0)]);
    events           bigint[] := taken;
    settlers         integer[];       -- by hold: the entry that settled it last

    code             text;
    about            text;
    account          integer;
    source           integer;
    target           integer;
    hold             integer;
    twin             integer;
    amount           bigint;
    room             bigint;
    first_posting    integer;
    last_posting     integer := 0;
    done_posting     integer;
    first_move       integer;
    last_move        integer := 0;
    done_move        integer;
begin
    for this in 1 .. cardinality(ids) loop
        first_posting := last_posting + 1;
        done_posting := last_posting;
        while posting_entries[last_posting + 1] = this loop
            last_posting := last_posting + 1;
        end loop;
        first_move := last_move + 1;
        done_move := last_move;
        while move_entries[last_move + 1] = this loop
            last_move := last_move + 1;
        end loop;
        code := codes[this];
        about := null;

        <<deciding>>
        begin
            exit deciding when code is not null or stored[this];

            -- Once: the same key earlier in this batch.
            twin := twins[this];
            while codes[twin] is not null loop
                twin := twins[twin];
            end loop;
            if twin is not null then
                fellows[this] := coalesce(fellows[twin], twin);
                if fingerprints[twin] <> fingerprints[this] then
                    code := 'key_reused';
                end if;
                exit deciding;
            elsif lost[this] then
                code := 'id_reused';
                exit deciding;
            end if;

            -- Accounts.
            if bars is not null then
                for i in first_posting .. last_posting loop
                    code := coalesce(bars[posting_sources[i]], bars[posting_targets[i]]);
                    about := account_paths[case when bars[posting_sources[i]] is null then posting_targets[i]
                                                else posting_sources[i] end];
                    exit deciding when code is not null;
                end loop;
            end if;

            -- Reversal: of an entry that is there, and only once.
            if reversals[this] is not null then
                about := reversed_ids[reversals[this]];
                if reversible[reversals[this]] is null and fresh[reversed_fellows[reversals[this]]] is not true then
                    code := 'unknown_entry';
                    exit deciding;
                elsif reversed[reversals[this]] then
                    code := 'already_reversed';
                    exit deciding;
                end if;
            end if;

            -- Holds: each move is checked and made; if the entry is refused, it is taken back below.
            for i in first_move .. last_move loop
                hold := move_holds[i];
                account := coalesce(move_accounts[i], hold_accounts[hold]);
                amount := case move_kinds[i] when 'released' then hold_remains[hold]
                                             when 'expired' then hold_remains[hold]
                                             else coalesce(move_amounts[i], hold_remains[hold]) end;
                code := bars[account];
                about := account_paths[account];
                if code is null and move_kinds[i] = 'reserved' then
                    code := case when posted[account] is null then 'account_unbounded'
                                 when hold_states[hold] is null and held[account] > largest - amount
                                 then 'insufficient' end;
                end if;
                exit deciding when code is not null;
                code := move_refusal(
                    move_kinds[i], case when account is not null then hold_states[hold] end,
                    coalesce(settlers[hold] = this, false),
                    move_amounts[i], hold_remains[hold], ats[this], hold_expiries[hold]
                );
                about := hold_ids[hold];
                exit deciding when code is not null;

                if move_kinds[i] = 'reserved' then
                    held[account] := held[account] + amount;
                    hold_accounts[hold] := account;
                    hold_states[hold] := 'open';
                    hold_remains[hold] := amount;
                    hold_expiries[hold] := move_expiries[i];
                    hold_versions[hold] := 1;
                else
                    held[account] := held[account] - amount;
                    hold_remains[hold] := hold_remains[hold] - amount;
                    hold_versions[hold] := hold_versions[hold] + 1;
                    if hold_remains[hold] = 0 and hold_states[hold] = 'open' then
                        hold_states[hold] := move_kinds[i];
                    end if;
                    if move_kinds[i] = 'settled' then
                        settlers[hold] := this;
                    end if;
                end if;
                taken[i] := amount;
                events[i] := hold_versions[hold];
                done_move := i;
            end loop;

            -- What is settled of an account's holds, the entry itself draws from that account.
            for i in first_move .. last_move loop
                continue when move_kinds[i] <> 'settled';
                account := hold_accounts[move_holds[i]];
                amount := 0;
                for j in first_move .. last_move loop
                    if move_kinds[j] = 'settled' and hold_accounts[move_holds[j]] = account then
                        amount := amount + taken[j];
                    end if;
                end loop;
                for j in first_posting .. last_posting loop
                    if posting_sources[j] = account and amount > 0 then
                        amount := amount - posting_amounts[j];
                    end if;
                end loop;
                if amount > 0 then
                    code := 'settlement_mismatch';
                    about := hold_ids[move_holds[i]];
                    exit deciding;
                end if;
            end loop;

            -- Postings.
            for i in first_posting .. last_posting loop
                source := posting_sources[i];
                target := posting_targets[i];
                amount := posting_amounts[i];
                if posting_expiries[i] is not null and lots[target] is not true then
                    code := 'account_without_lots';
                    about := account_paths[target];
                    exit deciding;
                elsif posting_lapses[i] and amount > coalesce(lapsed[source], 0) then
                    code := 'not_lapsed';
                    about := account_paths[source];
                    exit deciding;
                end if;
                room := case when stripes[target] > 0 then largest_stripe else largest end - amount;
                if posted[target] > room or posted[source] < amount - largest then
                    code := 'amount_overflow';
                    about := account_paths[case when posted[target] > room then target else source end];
                    exit deciding;
                end if;
                if posted[source] is not null then
                    posted[source] := posted[source] - amount;
                    versions[source] := versions[source] + 1;
                    source_afters[i] := posted[source];
                    source_versions[i] := versions[source];
                end if;
                if posted[target] is not null then
                    posted[target] := posted[target] + amount;
                    versions[target] := versions[target] + 1;
                    target_afters[i] := posted[target];
                    target_versions[i] := versions[target];
                end if;
                done_posting := i;
            end loop;

            -- Floors, of what the entry as a whole has done.
            for i in first_posting .. last_posting loop
                account := posting_sources[i];
                if posted[account] < held[account] then
                    code := 'insufficient';
                    about := account_paths[account];
                    exit deciding;
                end if;
            end loop;
            for i in first_move .. last_move loop
                account := hold_accounts[move_holds[i]];
                if posted[account] < held[account] then
                    code := 'insufficient';
                    about := account_paths[account];
                    exit deciding;
                end if;
            end loop;

            -- Whatever draws or holds takes what has lapsed first.
            if lapsed is not null then
                for i in first_posting .. last_posting loop
                    lapsed[posting_sources[i]] := lapsed[posting_sources[i]] - posting_amounts[i];
                end loop;
                for i in first_move .. last_move loop
                    if move_kinds[i] = 'reserved' then
                        lapsed[move_accounts[i]] := lapsed[move_accounts[i]] - taken[i];
                    end if;
                end loop;
            end if;

            fresh[this] := true;
            accepted := accepted + 1;
            if reversals[this] is not null then
                reversed[reversals[this]] := true;
            end if;
        end;

        continue when code is null;
        refusals := refusals + 1;
        codes[this] := code;
        abouts[this] := case code when 'key_reused' then keys[this] when 'id_reused' then ids[this]::text
                                  else about end;

        -- Take back what the refused entry had begun.
        for i in reverse done_posting .. first_posting loop
            source := posting_sources[i];
            target := posting_targets[i];
            posted[source] := posted[source] + posting_amounts[i];
            versions[source] := versions[source] - 1;
            posted[target] := posted[target] - posting_amounts[i];
            versions[target] := versions[target] - 1;
        end loop;
        for i in reverse done_move .. first_move loop
            hold := move_holds[i];
            account := hold_accounts[hold];
            if move_kinds[i] = 'reserved' then
                held[account] := held[account] - taken[i];
                hold_states[hold] := null;
            else
                held[account] := held[account] + taken[i];
                hold_states[hold] := 'open';
                hold_remains[hold] := hold_remains[hold] + taken[i];
                hold_versions[hold] := hold_versions[hold] - 1;
            end if;
        end loop;
    end loop;

    return (accepted, refusals, codes, abouts, fresh, fellows, posted, held, versions,
            source_versions, source_afters, target_versions, target_afters,
            hold_accounts, hold_states, hold_remains, hold_versions, taken, events)::ledger.decision;
end;
$$;
