-- The tables of the ledger. The book is a part of every key: an entry never leaves its book, and a book
-- can be moved to another server whole.
--
-- Where a row has two names, an id and words, the words' index ends with the book: what is looked up by its id
-- cannot be looked for among the words, whatever the statistics say.
--
-- Columns are ordered widest first, so that a row carries no padding; most rows here live for ever.

create schema ledger;


-- What a book may have: classes of accounts. An account is opened when an entry first names it, if a class
-- covers its path and its asset. In a pattern, * stands for exactly one segment.

create table ledger.chart (
    book      text      not null,
    pattern   text      not null check (pattern ~ '^([A-Za-z0-9_.-]+|\*)(/([A-Za-z0-9_.-]+|\*))*$'),
    asset     text      not null check (asset ~ '^([A-Za-z0-9_.-]+|\*)(/([A-Za-z0-9_.-]+|\*))*$'),
    owner     text      not null,
    bounded   boolean   not null,
    lots      boolean   not null default false,
    stripes   smallint  not null default 0 check (stripes = 0 or stripes between 2 and 64),

    primary key (book, pattern, asset),
    check (not lots or stripes = 0),
    check (bounded or (not lots and stripes = 0))
);

create table ledger.account (
    id         bigint       generated always as identity,
    opened_at  timestamptz  not null default clock_timestamp(),
    stripes    smallint     not null default 0,
    bounded    boolean      not null,
    lots       boolean      not null default false,
    book       text         not null,
    path       text         not null check (path ~ '^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$'),
    asset      text         not null check (asset ~ '^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$'),
    owner      text         not null,
    status     text         not null default 'open' check (status in ('open', 'frozen', 'closed')),

    primary key (book, id),
    constraint account_once unique (path, asset, book)
);


-- What a bounded account has now: a cache of its lines, and the row that a posting locks. An account without
-- a floor has no row here and so nothing that two postings could wait for. A striped account has one for each
-- of its stripes, from 1 on; stripe 0 is the whole of any other. A `bar` repeats what the account's status is
-- unless it is open: whoever has waited for the row learns with it what became of the account meanwhile.

create table ledger.balance (
    account  bigint    not null,
    posted   bigint    not null default 0,
    held     bigint    not null default 0 check (held >= 0),
    version  bigint    not null default 0 check (version >= 0),
    stripe   smallint  not null default 0,
    book     text      not null,
    bar      text      check (bar in ('frozen', 'closed')),

    primary key (book, account, stripe),
    foreign key (book, account) references ledger.account (book, id),
    constraint balance_floor check (posted >= held)
) with (fillfactor = 70);


-- One business fact. Append-only. No foreign key leads to the reversed entry: the posting function locks it,
-- the audit looks for it, and a key costs every entry as much as a tenth of its posting.

create table ledger.entry (
    at           timestamptz  not null,
    posted_at    timestamptz  not null,
    id           uuid         not null,
    subject      uuid,
    reverses     uuid,
    book         text         not null,
    key          text         not null,
    kind         text         not null,
    fingerprint  bytea        not null check (octet_length(fingerprint) = 32),
    facts        jsonb        not null,

    primary key (book, id),
    constraint entry_once unique (key, book)
);

create unique index entry_reversed_once on ledger.entry (book, reverses) where reverses is not null;


-- One amount of one asset that moves from one account to another. Append-only.
--
-- A row holds both sides, so what leaves one account always reaches another: an unbalanced entry has no
-- shape in which it could be stored. Version and balance after are those of a bounded account; a side
-- without a floor leaves them empty.
--
-- A posting with a number below zero moves between two stripes of one account: the posting function's own, to
-- serve the entry, and no part of what the entry says.
--
-- No foreign key leads to the account or the entry. The check would take a share lock on the row of a busy
-- account for each posting, and rows shared by many become multixacts, slow for everyone. The posting
-- function resolves both in the same transaction, nobody else can insert, and the audit looks for orphans.

create table ledger.posting (
    amount          bigint    not null check (amount > 0),
    source          bigint    not null,
    source_version  bigint,
    source_after    bigint,
    target          bigint    not null,
    target_version  bigint,
    target_after    bigint,
    expires_at      timestamptz,
    no              smallint  not null check (no <> 0 and no <= 100),
    source_stripe   smallint  not null default 0,
    target_stripe   smallint  not null default 0,
    lapsed          boolean   not null default false,
    entry           uuid      not null,
    book            text      not null,
    asset           text      not null,

    primary key (book, entry, no),
    constraint posting_moves check (
        case when no > 0 then source <> target
             else source = target and source_stripe <> target_stripe and source_version is not null end
    ),
    check ((source_version is null) = (source_after is null)),
    check ((target_version is null) = (target_after is null))
);

-- An account's id says whose book it is, so that these are shorter than the keys.

create index posting_source_version on ledger.posting (source, source_stripe, source_version)
    where source_version is not null;
create index posting_target_version on ledger.posting (target, target_stripe, target_version)
    where target_version is not null;
create index posting_source_entry on ledger.posting (source, entry)
    where source_version is null or source_stripe > 0;
create index posting_target_entry on ledger.posting (target, entry)
    where target_version is null or target_stripe > 0;


-- What is promised and not yet moved: a part of a bounded account's balance that only the entry which names
-- the hold may draw. `version` counts its events.

create table ledger.hold (
    account     bigint       not null,
    amount      bigint       not null check (amount > 0),
    remaining   bigint       not null check (remaining between 0 and amount),
    expires_at  timestamptz,
    version     bigint       not null default 1,
    stripe      smallint     not null default 0,
    id          uuid         not null,
    entry       uuid         not null,
    book        text         not null,
    state       text         not null default 'open' check (state in ('open', 'settled', 'released', 'expired')),

    primary key (book, id),
    constraint hold_terminal_is_empty check ((state = 'open') = (remaining > 0))
) with (fillfactor = 80);

create index hold_account on ledger.hold (book, account) where state = 'open';


-- Everything that ever happened to a hold. Append-only. `asked` is the amount that the entry named; a
-- settlement of whatever is left leaves it empty.

create table ledger.hold_event (
    amount  bigint  not null check (amount >= 0),
    asked   bigint,
    no      bigint  not null,
    hold    uuid    not null,
    entry   uuid    not null,
    book    text    not null,
    kind    text    not null check (kind in ('reserved', 'settled', 'released', 'expired')),

    primary key (book, hold, no)
);

create index hold_event_entry on ledger.hold_event (book, entry);


-- What of an account with lots came in at once, and when it lapses (never, if there is no date): a cache of
-- its lines and of the events below. A lot is numbered by the version of the line that made it.

create table ledger.lot (
    account     bigint       not null,
    no          bigint       not null,
    posted      bigint       not null check (posted >= 0),
    held        bigint       not null default 0 check (held >= 0),
    expires_at  timestamptz,
    extended    boolean      not null default false,
    book        text         not null,

    primary key (book, account, no),
    foreign key (book, account) references ledger.account (book, id),
    constraint lot_floor check (posted >= held)
) with (fillfactor = 80);

create index lot_age on ledger.lot (book, account, expires_at, no) where posted > 0;
create index lot_due on ledger.lot (book, expires_at) where posted > 0;


-- What postings drew from lots and gave back to them, and what holds pinned and freed. Append-only.

create table ledger.lot_event (
    account     bigint       not null,
    lot         bigint       not null,
    amount      bigint       not null check (amount > 0),
    expires_at  timestamptz,      -- returned, freed: the lot's date from then on
    no          smallint     not null,
    posting     smallint,         -- drawn, returned
    hold        uuid,             -- pinned, settled, freed
    entry       uuid         not null,
    book        text         not null,
    kind        text         not null check (kind in ('drawn', 'returned', 'pinned', 'settled', 'freed')),

    primary key (book, entry, no),
    check (case when kind in ('drawn', 'returned') then posting is not null and hold is null
                else posting is null and hold is not null end)
);

create index lot_event_hold on ledger.lot_event (book, hold) where hold is not null;


-- Entries that no log has sealed yet: put here by the posting itself, so that none is ever missed. Their order
-- is the log's (see sequence.sql): `no` is drawn when every lock of the posting is held, in the order of its
-- entries, and the sequence keeps no numbers in store for anyone.

create table ledger.unsealed (
    no     bigint  not null generated always as identity (cache 1),
    entry  uuid    not null,
    book   text    not null,

    primary key (book, no)
);


-- The two sides of each posting, as statements and audits read them.

create view ledger.line with (security_invoker = true) as
    select book, entry, no, source as account, source_stripe as stripe, target as counterpart, asset,
           -amount as amount, source_version as version, source_after as after
      from ledger.posting
 union all
    select book, entry, no, target, target_stripe, source, asset,
           amount, target_version, target_after
      from ledger.posting;
