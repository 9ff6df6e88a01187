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
grant execute on function traject.begun_streams(uuid, uuid, uuid, integer) to traject_app;
reset role;
revoke create on schema traject from traject_keeper;
