-- Who is told of what, and the mail that follows from it.
set local role traject_owner;

create table traject.notice (
    notice bigint generated always as identity unique,
    tenant uuid not null,
    stream uuid not null,
    person uuid not null,
    kind text not null,
    cause uuid not null,
    version bigint not null,
    command_id uuid not null,
    recorded_us bigint not null,
    primary key (tenant, cause, kind, person)
);
comment on column traject.notice.cause is 'The id of the event that the notice tells of.';
create index notice_of_person on traject.notice (tenant, person, notice);
create index notice_of_stream on traject.notice (tenant, stream, notice);
create index notice_of_command on traject.notice (tenant, command_id);
select traject.by_board('traject.notice');
select traject.append_only('traject.notice');
grant select on traject.notice to traject_app, traject_projector, traject_reader;
create policy every_board_projector on traject.notice for select to traject_projector using (true);

create table traject.outbox (
    notice bigint primary key references traject.notice (notice),
    tenant uuid not null,
    state text not null default 'waiting'
        check (state in ('waiting', 'sending', 'sent', 'dropped', 'parked')),
    attempts integer not null default 0,
    next_at timestamptz not null default '-infinity',
    settled_at timestamptz,
    problem text
) with (fillfactor = 70);
comment on column traject.outbox.problem is 'A code why it was dropped or last failed; no text.';
create index outbox_due on traject.outbox (next_at) where state in ('waiting', 'sending');
select traject.by_board('traject.outbox');
grant select, update on traject.outbox to traject_app;
