-- Wrapping dossier keys anew when a master key is replaced, and what recovery asks of all boards.
set local role traject_owner;

-- A master key that was taken out of use wraps nothing more, whoever may still have it in memory.
create table traject.retired_master (
    master text primary key,
    retired_at timestamptz not null default now()
);
comment on table traject.retired_master is
    'Names of master keys that are used no more; a name is never given twice.';
select traject.append_only('traject.retired_master');
grant select, insert on traject.retired_master to traject_keeper;

create function traject.refuse_retired_master() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from traject.retired_master r where r.master = new.master) then
        raise exception 'the master key % was taken out of use', new.master using errcode = 'TJ007';
    end if;
    return new;
end
$$;
create trigger by_a_master_in_use before insert or update of master on traject.dossier_key
    for each row when (new.wrapped is not null) execute function traject.refuse_retired_master();

grant update (master, wrapped) on traject.dossier_key to traject_keeper;
grant select on traject.settings to traject_keeper;
create policy every_board_keeper on traject.settings for select to traject_keeper using (true);

reset role;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

-- Only whoever owns the database may call these: with them a dossier's key could be destroyed.
create function traject.masters() returns table (master text, keys bigint)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select k.master, count(*) from traject.dossier_key k
     where k.wrapped is not null group by k.master order by k.master;
end;

create function traject.keys_not_by(
    p_master text, p_after_tenant uuid, p_after_stream uuid, p_limit integer
) returns table (tenant uuid, stream uuid, master text, wrapped bytea)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select k.tenant, k.stream, k.master, k.wrapped
      from traject.dossier_key k
     where k.wrapped is not null and k.master <> p_master
       and (k.tenant, k.stream) > (p_after_tenant, p_after_stream)
     order by k.tenant, k.stream
     limit p_limit;
end;

-- Each key only if it is still wrapped as it was read: one that was destroyed meanwhile stays so.
create function traject.rewrap(
    p_tenants uuid[], p_streams uuid[], p_masters text[], p_wrapped bytea[],
    p_master text, p_new_wrapped bytea[]
) returns integer
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_done integer;
begin
    update traject.dossier_key k
       set master = p_master, wrapped = o.new_wrapped
      from unnest(p_tenants, p_streams, p_masters, p_wrapped, p_new_wrapped)
           as o (tenant, stream, master, wrapped, new_wrapped)
     where k.tenant = o.tenant and k.stream = o.stream
       and k.master = o.master and k.wrapped = o.wrapped;
    get diagnostics v_done = row_count;
    return v_done;
end
$$;

-- Returns how many keys it still wraps; only at 0 it is retired. The lock waits for those who are
-- writing a key this very moment, and holds nobody up for longer than this takes.
create function traject.retire_master(p_master text) returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_left bigint;
begin
    lock table traject.dossier_key in share row exclusive mode;
    select count(*) into v_left from traject.dossier_key k
     where k.master = p_master and k.wrapped is not null;
    if v_left = 0 then
        insert into traject.retired_master (master) values (p_master) on conflict do nothing;
    end if;
    return v_left;
end
$$;

-- How many days a signing link of any board may serve.
create function traject.longest_link_days(p_default integer) returns integer
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select greatest(p_default, max((s.settings::jsonb ->> 'signing_link_days')::integer))
      from traject.settings s;
end;

create function traject.count_open_streams(p_processes text[]) returns bigint
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select count(*) from traject.stream s
     where s.open and s.version > 0 and s.erased_us is null and s.process = any (p_processes);
end;

-- As before, without the dossiers that are being erased: nothing of them may run again.
create or replace function traject.open_streams(
    p_after_tenant uuid, p_after_stream uuid, p_limit integer
) returns table (tenant uuid, process text, stream uuid, version bigint)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select s.tenant, s.process, s.stream, s.version
      from traject.stream s
     where s.open and s.version > 0 and s.erased_us is null
       and (s.tenant, s.stream) > (p_after_tenant, p_after_stream)
     order by s.tenant, s.stream
     limit p_limit;
end;

grant execute on function traject.count_open_streams(text[]) to traject_app;
reset role;
revoke create on schema traject from traject_keeper;
