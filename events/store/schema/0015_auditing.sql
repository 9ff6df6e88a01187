-- What auditors search.
set local role traject_owner;

-- A page of a log, the latest first, whatever it is narrowed down by, is read from one of these.
drop index traject.reading_of_stream;
create index reading_of_stream on traject.reading (tenant, stream, at_us, id);
create index reading_by_time on traject.reading (tenant, at_us, id);
create index reading_by_person on traject.reading (tenant, person, at_us, id);
create index reading_by_process on traject.reading (tenant, process, at_us, id);
create index reading_by_what on traject.reading (tenant, what, at_us, id);
drop index traject.refused_of_stream;
create index refused_of_stream on traject.refused (tenant, stream, at_us, id);
create index refused_by_time on traject.refused (tenant, at_us, id);
create index refused_by_person on traject.refused (tenant, person, at_us, id);
create index refused_by_process on traject.refused (tenant, process, at_us, id);
create index refused_by_code on traject.refused (tenant, code, at_us, id);

-- An event by its id alone, asked for seldom: a filter per stretch of the table, which costs
-- those who write next to nothing.
create index event_by_id on traject.event
    using brin (event_id uuid_bloom_ops) with (pages_per_range = 32, autosummarize = on);

-- Every stream in which something happened, of one board or of all, for whoever checks them.
reset role;
-- From when commands are kept as they were given.
grant select on traject.migration to traject_app, traject_reader;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

create function traject.begun_streams(
    p_board uuid, p_after_tenant uuid, p_after_stream uuid, p_limit integer
)
    returns table (tenant uuid, process text, stream uuid, erased boolean)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select s.tenant, s.process, s.stream, s.erased_us is not null
      from traject.stream s
     where s.version > 0 and (p_board is null or s.tenant = p_board)
       and (s.tenant, s.stream) > (p_after_tenant, p_after_stream)
     order by s.tenant, s.stream
     limit p_limit;
end;

create function traject.count_begun_streams(p_board uuid) returns bigint
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select count(*) from traject.stream s
     where s.version > 0 and (p_board is null or s.tenant = p_board);
end;

-- Of the session's board. The planner takes such a filter for much dearer than it is; and were the
-- board asked for in the same place, it would rather read all that the board has.
create function traject.place_of_event(p_event_id uuid, out stream uuid, out version bigint)
    returns setof record
    language plpgsql stable rows 1
    security definer
    set search_path = pg_catalog, pg_temp
    set enable_seqscan = off
    set max_parallel_workers_per_gather = 0
as $$
declare
    v_tenant uuid;
begin
    for v_tenant, stream, version in
        select e.tenant, e.stream, e.version from traject.event e where e.event_id = p_event_id
    loop
        if v_tenant = traject.board() then
            return next;
        end if;
    end loop;
end
$$;

create function traject.boards_with(p_stream uuid) returns setof uuid
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select s.tenant from traject.stream s where s.stream = p_stream and s.version > 0;
end;

grant execute on function
    traject.begun_streams(uuid, uuid, uuid, integer),
    traject.count_begun_streams(uuid),
    traject.boards_with(uuid),
    traject.place_of_event(uuid)
    to traject_app;
reset role;
revoke create on schema traject from traject_keeper;

-- Exports that were kept in the installation's own folder: an erasure finds and removes them.
reset role;
set local role traject_owner;

create table traject.export (
    tenant uuid not null,
    file text not null,
    streams uuid[] not null,
    made_at timestamptz not null default now(),
    made_by text not null,
    primary key (tenant, file)
);
comment on table traject.export is
    'Which dossiers are in which file; one with dossiers of several boards has a row for each.';
select traject.by_board('traject.export');
grant select, insert, delete on traject.export to traject_app;
grant select on traject.export to traject_reader;
grant select, delete on traject.export to traject_keeper;
create policy every_board_keeper on traject.export to traject_keeper using (true);

-- The verifier reads every board's logs.
grant select on traject.reading, traject.refused, traject.numbering to traject_projector;
create policy every_board_projector on traject.reading for select to traject_projector using (true);
create policy every_board_projector on traject.refused for select to traject_projector using (true);

reset role;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

-- Only whoever owns the database may call these two.
create function traject.exports_with(p_tenant uuid, p_stream uuid) returns setof text
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select e.file from traject.export e
     where e.tenant = p_tenant and p_stream = any (e.streams)
     order by e.file;
end;

-- Of all boards: the file is gone.
create function traject.forget_export(p_file text) returns bigint
    language sql
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    with gone as (delete from traject.export e where e.file = p_file returning e.file)
    select count(*) from gone;
end;
reset role;
revoke create on schema traject from traject_keeper;
