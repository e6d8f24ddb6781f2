-- What becomes of an account: frozen, thawed, closed; never deleted.

-- Append-only. The account's status is that of its last change; one that was never changed is open.

create table ledger.status_change (
    at          timestamptz  not null,
    changed_at  timestamptz  not null,
    account     bigint       not null,
    no          integer      not null check (no > 0),
    book        text         not null,
    status      text         not null check (status in ('open', 'frozen', 'closed')),
    why         text         not null check (length(why) between 1 and 200),

    primary key (book, account, no),
    foreign key (book, account) references ledger.account (book, id)
);

create trigger append_only before update or delete or truncate on ledger.status_change
    for each statement execute function ledger.refuse_rewriting();

alter table ledger.status_change enable always trigger append_only;


-- Changes an account's status, and opens the account if the chart knows it. Locks as posting does: the account,
-- then its balances. Gives the number of the change; none if the account had that status already.

create function ledger.set_status(
    the_book        text,
    the_path        text,
    the_asset       text,
    the_status      text,
    the_at          timestamptz,
    the_why         text,
    out no          integer,
    out changed_at  timestamptz,
    out code        text
)
language plpgsql security definer
set search_path = pg_catalog, ledger, pg_temp
as $$
#variable_conflict use_column
declare
    the_account  account;
    has          numeric;
begin
    perform open_accounts(the_book, array[the_path], array[the_asset]);
    select * into the_account from account
     where book = the_book and path = the_path and asset = the_asset for no key update;
    code := case when the_account.id is null then 'unknown_account'
                 when the_account.status = 'closed' and the_status <> 'closed' then 'account_closed' end;
    if code is not null or the_account.status = the_status then
        return;
    end if;

    perform from balance where book = the_book and account = the_account.id order by stripe for update;
    if the_status = 'closed' then
        has := case when the_account.bounded
                    then (select sum(abs(posted) + held) from balance where book = the_book and account = the_account.id)
                    else coalesce((select posted from snapshot
                                    where book = the_book and account = the_account.id order by size desc limit 1), 0)
                         + coalesce((select amount from tail(the_book) where account = the_account.id), 0) end;
        if has <> 0 then
            code := 'account_not_empty';
            return;
        end if;
    end if;

    changed_at := clock_timestamp();
    insert into status_change (book, account, no, status, at, changed_at, why)
    select the_book, the_account.id, coalesce(max(no), 0) + 1, the_status, the_at, set_status.changed_at, the_why
      from status_change where book = the_book and account = the_account.id
    returning no into set_status.no;
    update account set status = the_status where book = the_book and id = the_account.id;
    update balance set bar = nullif(the_status, 'open') where book = the_book and account = the_account.id;
end;
$$;
