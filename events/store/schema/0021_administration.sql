-- What is administered: who is absent, whose work goes to whom, what mails say; and every change of
-- it, with what stood there before, kept for good.
set local role traject_owner;

create table traject.administered (
    id bigint generated always as identity primary key,
    tenant uuid not null,
    at timestamptz not null default clock_timestamp(),
    person uuid,
    what text not null,
    subject text,
    before text,
    after text
);
comment on column traject.administered.before is 'JSON text of what changed only; null: nothing.';
create index administered_of_board on traject.administered (tenant, id);
select traject.by_board('traject.administered');
select traject.append_only('traject.administered');
grant select on traject.administered to traject_app, traject_reader;

create function traject.log_administered(
    p_tenant uuid, p_person uuid, p_what text, p_subject text, p_before text, p_after text
) returns void
    language sql
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    insert into traject.administered (tenant, person, what, subject, before, after)
    values (p_tenant, p_person, p_what, p_subject, p_before, p_after);
end;
grant execute on function traject.log_administered(uuid, uuid, text, text, text, text)
    to traject_app;

-- Why somebody is absent is nobody's business here, so there is no place for it.
create table traject.absence (
    tenant uuid not null,
    person uuid not null,
    first_day date not null,
    last_day date,
    stands_in uuid,
    recorded_at timestamptz not null default now(),
    primary key (tenant, person, first_day),
    check (last_day >= first_day),
    foreign key (tenant, person) references traject.person on delete cascade
);
select traject.by_board('traject.absence');
grant select, insert, update, delete on traject.absence to traject_app;
grant select on traject.absence to traject_reader;

create table traject.passing_on (
    tenant uuid not null,
    id uuid not null,
    of_person uuid not null,
    to_person uuid not null,
    reason text not null,
    begun_by uuid not null,
    begun_at timestamptz not null default now(),
    primary key (tenant, id)
);
comment on table traject.passing_on is 'The work of somebody that goes to somebody else.';
create table traject.passed_on (
    tenant uuid not null,
    id uuid not null,
    stream uuid not null,
    part text not null,
    process text not null,
    outcome text,
    code text,
    tried_at timestamptz,
    primary key (tenant, id, stream, part),
    foreign key (tenant, id) references traject.passing_on,
    check (outcome in ('done', 'refused'))
);
comment on column traject.passed_on.outcome is 'Null until it was tried.';
select traject.by_board('traject.passing_on');
select traject.by_board('traject.passed_on');
grant select, insert on traject.passing_on to traject_app;
grant select, insert, update on traject.passed_on to traject_app;

create table traject.letter (
    tenant uuid not null,
    kind text not null,
    language text not null check (language in ('nl', 'en')),
    subject text not null,
    intro text not null,
    primary key (tenant, kind, language)
);
comment on table traject.letter is 'What a board has its mails say in place of the usual text.';
select traject.by_board('traject.letter');
grant select, insert, update, delete on traject.letter to traject_app;

create table traject.retry_asked (
    tenant uuid primary key,
    person uuid not null,
    asked_at timestamptz not null default now()
);
comment on table traject.retry_asked is 'What is parked is to be tried again; a worker takes it up.';
select traject.by_board('traject.retry_asked');
grant select, insert on traject.retry_asked to traject_app;
grant select, delete on traject.retry_asked to traject_projector;
create policy every_board_projector on traject.retry_asked to traject_projector using (true);

-- Told by its kind alone, so that a board sees what of it stands still.
grant select on traject.parked to traject_app;
