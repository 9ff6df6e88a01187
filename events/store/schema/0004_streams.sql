-- What happened: heads, keys and events of the dossiers, and what lists need to find them.
set local role traject_owner;

create table traject.stream (
    tenant uuid not null,
    stream uuid not null,
    process text not null,
    version bigint not null default 0,
    hash bytea not null default decode(repeat('00', 32), 'hex'),
    recorded_us bigint,
    created_us bigint,
    state text,
    open boolean not null default true,
    parties jsonb not null default '{}',
    opened_at timestamptz not null default now(),
    primary key (tenant, stream)
) with (fillfactor = 60);
comment on table traject.stream is
    'The head of each dossier: its last version and hash, and its place in lists.';
create index stream_of_process on traject.stream (tenant, process);
select traject.by_board('traject.stream');

create table traject.party (
    tenant uuid not null,
    stream uuid not null,
    part text not null,
    person uuid not null,
    primary key (tenant, stream, part)
);
create index party_of_person on traject.party (tenant, person, stream);
select traject.by_board('traject.party');

create table traject.dossier_key (
    tenant uuid not null,
    stream uuid not null,
    master text not null,
    wrapped bytea,
    made_at timestamptz not null default now(),
    swept_at timestamptz,
    destroyed_at timestamptz,
    primary key (tenant, stream),
    check ((wrapped is null) = (destroyed_at is not null))
);
comment on table traject.dossier_key is
    'The key that seals a dossier''s bodies, wrapped by a master key kept elsewhere.';
select traject.by_board('traject.dossier_key');

create table traject.event (
    tenant uuid not null,
    stream uuid not null,
    version bigint not null,
    event_id uuid not null,
    command_id uuid not null,
    place smallint not null,
    xid xid8 not null default pg_current_xact_id(),
    recorded_us bigint not null,
    stored_at timestamptz not null default now(),
    event_hash bytea not null,
    command text,
    content_hash text,
    warnings text[],
    header bytea not null,
    body bytea not null,
    primary key (tenant, stream, version),
    constraint event_of_command unique (tenant, command_id, place)
);
comment on column traject.event.place is
    'Which event of its command, over all streams; one transaction records one command, '
    'so (xid, place) orders everything. The first one also keeps what the command was.';
comment on column traject.event.recorded_us is 'Microseconds since 1970 by the process clock.';
alter table traject.event alter column body set storage external;
create index event_in_commit_order on traject.event (xid, place);
-- Which streams took a command that another one gave to many; few events are of that kind.
create index event_of_errand on traject.event (tenant, content_hash)
    where content_hash like 'errand|%';
select traject.by_board('traject.event');
select traject.append_only('traject.event');

create table traject.claim (
    tenant uuid not null,
    kind text not null,
    subject text not null,
    of_slots text not null,
    during daterange not null,
    stream uuid not null,
    constraint held_by_one_stream exclude using gist (
        tenant with =, kind with =, subject with =, during with &&, stream with <>
    )
);
comment on table traject.claim is
    'What one stream holds and no other of the board may hold on the same days.';
comment on column traject.claim.of_slots is
    'What was claimed; the subject is one slot of it where there are several, else the same.';
create index claim_of_stream on traject.claim (tenant, stream);
select traject.by_board('traject.claim');

grant select on traject.stream, traject.party, traject.dossier_key, traject.event, traject.claim
    to traject_app;
grant select on traject.stream, traject.party, traject.event to traject_projector, traject_reader;
create policy every_board_projector on traject.stream for select to traject_projector using (true);
create policy every_board_projector on traject.party for select to traject_projector using (true);
create policy every_board_projector on traject.event for select to traject_projector using (true);
