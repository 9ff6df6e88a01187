-- Who tried what and was refused, and who read what.
set local role traject_owner;

create table traject.refused (
    id bigint generated always as identity primary key,
    tenant uuid not null,
    at_us bigint not null,
    logged_at timestamptz not null default now(),
    person uuid,
    stream uuid,
    process text not null,
    command text not null,
    code text not null
);
create index refused_of_stream on traject.refused (tenant, stream, id);
select traject.by_board('traject.refused');
select traject.append_only('traject.refused');

create table traject.reading (
    id bigint generated always as identity primary key,
    tenant uuid not null,
    at_us bigint not null,
    logged_at timestamptz not null default now(),
    person uuid not null,
    stream uuid not null,
    process text not null,
    what text not null,
    as_of_us bigint
);
create index reading_of_stream on traject.reading (tenant, stream, id);
select traject.by_board('traject.reading');
select traject.append_only('traject.reading');

grant select on traject.refused, traject.reading to traject_app, traject_reader;

create function traject.log_refused(
    p_tenant uuid, p_at_us bigint, p_person uuid, p_stream uuid,
    p_process text, p_command text, p_code text
) returns void
    language sql
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    insert into traject.refused (tenant, at_us, person, stream, process, command, code)
    values (p_tenant, p_at_us, p_person, p_stream, p_process, p_command, p_code);
end;

create function traject.log_reading(
    p_tenant uuid, p_at_us bigint, p_person uuid, p_stream uuid,
    p_process text, p_what text, p_as_of_us bigint
) returns void
    language sql
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    insert into traject.reading (tenant, at_us, person, stream, process, what, as_of_us)
    values (p_tenant, p_at_us, p_person, p_stream, p_process, p_what, p_as_of_us);
end;

grant execute on function traject.log_refused(uuid, bigint, uuid, uuid, text, text, text),
    traject.log_reading(uuid, bigint, uuid, uuid, text, text, bigint) to traject_app;
