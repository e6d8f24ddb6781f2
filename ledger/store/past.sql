-- How things stood when a book's log had a size: after its first so many entries. Both are final, so an answer is.

-- The last version of each stripe of an account with a floor among the first entries of the log, and the balance
-- after it. Positions rise with versions, so it is found by halving.

create function ledger.versions_at(the_book text, the_account bigint, the_size bigint)
returns table (stripe smallint, version bigint, posted bigint)
language plpgsql stable
as $$
declare
    cached  record;
    high    bigint;
    middle  bigint;
    seen    record;
begin
    for cached in
        select b.stripe, b.version from ledger.balance b where b.book = the_book and b.account = the_account
    loop
        stripe := cached.stripe;
        version := 0;
        posted := 0;
        high := cached.version;
        while version < high loop
            middle := (version + high + 1) / 2;
            select f.position < the_size as sealed, l.after into seen
              from ledger.line l
              left join ledger.leaf f on f.book = l.book and f.entry = l.entry
             where l.book = the_book and l.account = the_account
               and l.stripe = cached.stripe and l.version = middle;
            if seen.sealed then
                version := middle;
                posted := seen.after;
            else
                high := middle - 1;
            end if;
        end loop;
        return next;
    end loop;
end;
$$;


create function ledger.balance_at(the_book text, the_account bigint, is_bounded boolean, the_size bigint) returns numeric
language plpgsql stable
as $$
begin
    if is_bounded then
        return (select sum(v.posted) from ledger.versions_at(the_book, the_account, the_size) v);
    end if;
    return coalesce((
               select s.posted from ledger.snapshot s
                where s.book = the_book and s.account = the_account and s.size <= the_size
                order by s.size desc limit 1
           ), 0)
         + coalesce((
               select sum(c.amount)
                 from (select f.entry from ledger.leaf f
                        where f.book = the_book
                          and f.position >= the_size / 256 * 256 and f.position < the_size
                        order by f.position limit 256) as recent
                cross join lateral ledger.change(the_book, recent.entry) c
                where c.account = the_account
           ), 0);
end;
$$;


-- The latest lines of an account among the first entries of the log, and before line `before_no` of the last of
-- them. Of an account without a floor they are collected tile by tile, of those that have touched it.

create function ledger.lines_at(
    the_book     text,
    the_account  bigint,
    is_bounded   boolean,
    the_size     bigint,
    before_no    integer,
    at_most      integer
) returns table (
    "position"   bigint,
    entry        uuid,
    no           smallint,
    counterpart  bigint,
    amount       bigint,
    version      bigint,
    after        bigint
)
language plpgsql stable
as $$
declare
    first  bigint := the_size / 256 * 256;
    more   integer;
begin
    if is_bounded then
        return query
            select f.position, l.entry, l.no, l.counterpart, l.amount, l.version, l.after
              from ledger.versions_at(the_book, the_account, the_size) v
             cross join lateral (
                       select s.entry, s.no, s.counterpart, s.amount, s.version, s.after
                         from ledger.line s
                        where s.book = the_book and s.account = the_account
                          and s.stripe = v.stripe and s.version <= v.version and s.no > 0
                        order by s.version desc limit at_most + 100
                   ) l
             cross join lateral (
                       select t.position from ledger.leaf t where t.book = the_book and t.entry = l.entry limit 1
                   ) f
             where f.position < the_size - 1 or l.no < before_no
             order by f.position desc, l.no desc
             limit at_most;
        return;
    end if;
    while first is not null and at_most > 0 loop
        return query
            select f.position, l.entry, l.no, l.counterpart, l.amount, l.version, l.after
              from (select t.position, t.entry from ledger.leaf t
                     where t.book = the_book
                       and t.position >= first and t.position < least(first + 256, the_size)
                     order by t.position desc limit 256) f
             cross join lateral (
                       select * from ledger.line s
                        where s.book = the_book and s.entry = f.entry and s.account = the_account offset 0
                   ) l
             where f.position < the_size - 1 or l.no < before_no
             order by f.position desc, l.no desc
             limit at_most;
        get diagnostics more = row_count;
        at_most := at_most - more;
        select s.size - 256 into first from ledger.snapshot s
         where s.book = the_book and s.account = the_account and s.size <= first
         order by s.size desc limit 1;
    end loop;
end;
$$;
