-- Read models, built in the order of positions beside what they replace. Every build of one has a
-- number; its rows stand under that number in tables it shares with the other builds of its
-- version, so that a finished build takes the place of the live one by a change of two rows.
set local role traject_owner;

create table traject.projection (
    build integer generated always as identity primary key,
    name text not null,
    version integer not null,
    state text not null default 'building' check (state in ('building', 'live', 'old')),
    position bigint not null default 0,
    fence bigint not null default 0,
    begun_at timestamptz not null default now(),
    advanced_at timestamptz not null default now(),
    live_at timestamptz
) with (fillfactor = 20);
create unique index projection_live on traject.projection (name, version) where state = 'live';
comment on column traject.projection.position is
    'The last event that is in the rows; it changes in one transaction with them.';
comment on column traject.projection.fence is
    'Counts every change of rows: whoever worked from an older count may not write.';

create table traject.projected (
    build integer not null,
    tenant uuid not null,
    stream uuid not null,
    version bigint not null,
    day date,
    settings integer,
    seats jsonb not null,
    primary key (build, tenant, stream)
);
comment on table traject.projected is
    'Which events of each dossier are in the rows of a build, and for whom and when they hold.';
comment on column traject.projected.day is
    'The local day for which the rows hold, and the settings; null where they hold for ever.';
comment on column traject.projected.seats is
    'Who may read it: by person ("" for anybody without a part in it) under which roles.';
create index projected_for_a_day on traject.projected (build, tenant, day, settings)
    where day is not null;

create table traject.parked (
    build integer not null,
    tenant uuid not null,
    stream uuid not null,
    version bigint not null,
    error text not null,
    attempts integer not null default 1,
    parked_at timestamptz not null default now(),
    tried_at timestamptz not null default now(),
    primary key (build, tenant, stream)
);
comment on table traject.parked is
    'Dossiers that a build cannot show from this event on; the error is told by its type alone.';

create table traject.cases_v1 (
    build integer not null,
    tenant uuid not null,
    stream uuid not null,
    process text not null,
    state text not null,
    open boolean not null,
    created_us bigint not null,
    updated_us bigint not null,
    ended_us bigint,
    suspended boolean not null,
    parties json not null,
    closed_to uuid[] not null,
    overdue integer not null,
    oldest_due text,
    school text,
    first_day text,
    last_day text,
    visits_agreed integer not null,
    visits_held integer not null,
    goals integer not null,
    goals_reached integer not null,
    hours numeric,
    amount numeric,
    outcome text,
    unsigned integer not null,
    without_deputy boolean not null,
    stalled boolean not null,
    shown json not null,
    sought json not null,
    primary key (build, tenant, stream)
);
comment on column traject.cases_v1.closed_to is
    'Persons who know less of this case than their office would tell them, such as its teacher.';
comment on column traject.cases_v1.shown is 'What lists show to who sees all cases of the board.';
comment on column traject.cases_v1.sought is 'What else lists are searched by.';

create table traject.tasks_v1 (
    build integer not null,
    tenant uuid not null,
    stream uuid not null,
    person uuid,
    place smallint not null,
    roles text[] not null,
    also text[],
    task text not null,
    due text,
    overdue boolean not null
);
create index tasks_v1_of_case on traject.tasks_v1 (build, tenant, stream);
comment on column traject.tasks_v1.person is
    'Whose it is under these roles; null: of anybody who has no part in the case by name.';
comment on column traject.tasks_v1.also is 'One of these is needed as well; null: none is.';

create table traject.agenda_v1 (
    build integer not null,
    tenant uuid not null,
    stream uuid not null,
    person uuid,
    place smallint not null,
    roles text[] not null,
    also text[],
    at text not null,
    item json not null
);
create index agenda_v1_of_case on traject.agenda_v1 (build, tenant, stream);

do $$
declare
    v_table text;
begin
    foreach v_table in array array['projected', 'parked', 'cases_v1', 'tasks_v1', 'agenda_v1'] loop
        perform traject.by_board(format('traject.%I', v_table)::regclass);
        execute format(
            'grant select, insert, update, delete on traject.%I to traject_projector', v_table);
        execute format(
            'create policy every_board_projector on traject.%I to traject_projector '
            'using (true) with check (true)', v_table);
        execute format('grant select, delete on traject.%I to traject_keeper', v_table);
        execute format(
            'create policy every_board_keeper on traject.%I to traject_keeper using (true)',
            v_table);
    end loop;
end
$$;
grant select on traject.projected, traject.cases_v1, traject.tasks_v1, traject.agenda_v1
    to traject_app, traject_reader;
grant select, insert, update, delete on traject.projection to traject_projector;
grant select on traject.projection to traject_app, traject_reader, traject_keeper;

-- A build made at once is read at once, before anybody else would have looked how full it is.
create function traject.weigh_read_models() returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    analyze traject.projected;
    analyze traject.cases_v1;
    analyze traject.tasks_v1;
    analyze traject.agenda_v1;
end
$$;
grant execute on function traject.weigh_read_models() to traject_projector;

-- Wrapped keys open nothing without a master key, which is not in the database.
grant select on traject.dossier_key to traject_projector;
create policy every_board_projector on traject.dossier_key for select to traject_projector using (true);

reset role;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

-- What is being written is waited for, and what is written later knows of the erasure.
create or replace function traject.purge_read_models(p_tenant uuid, p_stream uuid) returns jsonb
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_table text;
    v_rows integer;
    v_gone jsonb := '{}';
begin
    perform pg_advisory_xact_lock(hashtextextended('traject projections', 0));
    foreach v_table in array array['projected', 'parked', 'cases_v1', 'tasks_v1', 'agenda_v1'] loop
        execute format(
            'delete from traject.%I t where t.build in (select p.build from traject.projection p) '
            'and t.tenant = $1 and t.stream = $2', v_table) using p_tenant, p_stream;
        get diagnostics v_rows = row_count;
        v_gone := v_gone || jsonb_build_object(v_table, v_rows);
    end loop;
    return v_gone;
end
$$;

create or replace function traject.left_in_read_models(p_tenant uuid, p_stream uuid) returns jsonb
    language sql stable
    set search_path = pg_catalog, pg_temp
    return jsonb_build_object(
        'projected', (select count(*) from traject.projected t
                       where t.tenant = p_tenant and t.stream = p_stream),
        'parked', (select count(*) from traject.parked t
                    where t.tenant = p_tenant and t.stream = p_stream),
        'cases_v1', (select count(*) from traject.cases_v1 t
                      where t.tenant = p_tenant and t.stream = p_stream),
        'tasks_v1', (select count(*) from traject.tasks_v1 t
                      where t.tenant = p_tenant and t.stream = p_stream),
        'agenda_v1', (select count(*) from traject.agenda_v1 t
                       where t.tenant = p_tenant and t.stream = p_stream)
    );
reset role;
revoke create on schema traject from traject_keeper;
