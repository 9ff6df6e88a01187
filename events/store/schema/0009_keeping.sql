-- The few things that look at every board at once, each a function of its own.
set local role traject_owner;

grant select, delete on traject.stream, traject.dossier_key to traject_keeper;
grant update (swept_at) on traject.dossier_key to traject_keeper;
grant select on traject.outbox to traject_keeper;
create policy every_board_keeper on traject.stream to traject_keeper using (true);
create policy every_board_keeper on traject.dossier_key to traject_keeper using (true);
create policy every_board_keeper on traject.outbox for select to traject_keeper using (true);

reset role;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

create function traject.open_streams(p_after_tenant uuid, p_after_stream uuid, p_limit integer)
    returns table (tenant uuid, process text, stream uuid, version bigint)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select s.tenant, s.process, s.stream, s.version
      from traject.stream s
     where s.open and s.version > 0 and (s.tenant, s.stream) > (p_after_tenant, p_after_stream)
     order by s.tenant, s.stream
     limit p_limit;
end;

-- A key outlives its empty dossier by as long as the dossier itself was left alone: whoever still
-- holds it in memory and opens the dossier again then seals with the key that is stored.
create function traject.sweep_empty(p_older_than interval) returns integer
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_swept integer;
begin
    perform pg_advisory_xact_lock(hashtextextended('traject sweep', 0));
    delete from traject.dossier_key k
     where k.swept_at < now() - p_older_than
       and not exists (
            select from traject.stream s where s.tenant = k.tenant and s.stream = k.stream);
    with swept as (
        delete from traject.stream s
         where s.version = 0 and s.opened_at < now() - p_older_than
        returning s.tenant, s.stream
    )
    update traject.dossier_key k set swept_at = now()
      from swept where k.tenant = swept.tenant and k.stream = swept.stream;
    get diagnostics v_swept = row_count;
    return v_swept;
end
$$;

create function traject.boards_with_mail(p_now timestamptz) returns setof uuid
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select distinct o.tenant from traject.outbox o
     where o.state in ('waiting', 'sending') and o.next_at <= p_now;
end;

grant execute on function
    traject.open_streams(uuid, uuid, integer),
    traject.sweep_empty(interval),
    traject.boards_with_mail(timestamptz)
    to traject_app;
reset role;
revoke create on schema traject from traject_keeper;
