-- Erasing a dossier, and what is left to prove it. Only who owns the database can do it: the
-- service's own roles are granted nothing here but to look.
--   TJ002 no such dossier, or nothing happened in it
--   TJ020 it may not be erased, detail: the refusal code
--   TJ021 its events are not those that were looked at
--   TJ022 its erasure has not come this far
-- Signals on the channel traject_erased: '<board> <stream>', when its erasure begins and when its
-- key is destroyed.
set local role traject_owner;

create table traject.erasure (
    tenant uuid not null,
    stream uuid not null,
    certificate text not null,
    kept_at timestamptz not null default now(),
    primary key (tenant, stream)
);
comment on table traject.erasure is
    'The certificate of each erasure, as JSON text; it is also published outside the database.';
select traject.by_board('traject.erasure');
select traject.append_only('traject.erasure');
grant select on traject.erasure to traject_app, traject_reader;

create table traject.outlived (
    tenant uuid not null,
    stream uuid not null,
    class text not null,
    content jsonb not null,
    keep_until date not null,
    primary key (tenant, stream, class)
);
comment on table traject.outlived is
    'What has to be kept longer than the dossier it stood in, without names, such as an invoice.';
select traject.by_board('traject.outlived');
grant select on traject.outlived to traject_app, traject_reader;

-- The planner would keep samples of wrapped keys, where no erasure finds them.
alter table traject.dossier_key alter column wrapped set statistics 0;

-- Documents and notices stay as they are until the erasure of their dossier began.
create function traject.never_before_erasure() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'DELETE' and exists (
        select from traject.stream s
         where s.tenant = old.tenant and s.stream = old.stream and s.erased_us is not null
    ) then
        return old;
    end if;
    raise exception 'rows of % are never changed or removed', tg_table_name
        using errcode = 'TJ000';
end
$$;

do $$
declare
    v_table text;
begin
    foreach v_table in array array['document', 'notice'] loop
        execute format('drop trigger never_changed on traject.%I', v_table);
        execute format(
            'create trigger never_changed before update or delete on traject.%I '
            'for each row execute function traject.never_before_erasure()', v_table);
        execute format('alter table traject.%I enable always trigger never_changed', v_table);
    end loop;
end
$$;

-- As before, but that nothing is made any more once the erasure began.
create or replace function traject.keep_document(
    p_tenant uuid, p_stream uuid, p_kind text, p_version integer, p_sha256 bytea, p_body bytea
) returns table (sha256 bytea, body bytea)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_erased boolean;
begin
    perform traject.check_board(p_tenant);
    -- The lock is no hindrance to commands; the erasure waits for it.
    select s.erased_us is not null or k.wrapped is null into v_erased
      from traject.stream s join traject.dossier_key k using (tenant, stream)
     where s.tenant = p_tenant and s.stream = p_stream and s.version > 0
       for key share of s;
    if not found then
        raise exception 'no dossier is open for stream %', p_stream using errcode = 'TJ002';
    elsif v_erased then
        raise exception 'the dossier of stream % was erased', p_stream using errcode = 'TJ006';
    end if;
    insert into traject.document (tenant, stream, kind, version, sha256, body)
        values (p_tenant, p_stream, p_kind, p_version, p_sha256, p_body) on conflict do nothing;
    return query
        select d.sha256, d.body from traject.document d
         where d.tenant = p_tenant and d.stream = p_stream
           and d.kind = p_kind and d.version = p_version;
end
$$;

grant update (state, open, parties, erased_us) on traject.stream to traject_keeper;
grant update (wrapped, destroyed_at) on traject.dossier_key to traject_keeper;
grant select on traject.event to traject_keeper;
grant select, delete on traject.document, traject.notice, traject.party, traject.claim
    to traject_keeper;
grant delete on traject.outbox to traject_keeper;
grant select, insert on traject.erasure to traject_keeper;
grant select, insert, delete on traject.outlived to traject_keeper;
create policy every_board_keeper on traject.event for select to traject_keeper using (true);
create policy every_board_keeper on traject.document to traject_keeper using (true);
create policy every_board_keeper on traject.notice to traject_keeper using (true);
create policy every_board_keeper on traject.party to traject_keeper using (true);
create policy every_board_keeper on traject.claim to traject_keeper using (true);
create policy every_board_keeper_removes on traject.outbox for delete to traject_keeper using (true);
create policy every_board_keeper on traject.erasure to traject_keeper using (true);
create policy every_board_keeper on traject.outlived to traject_keeper using (true);

reset role;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

-- Who asked for the erasure and who approved it, told by headers alone, which stay readable.
-- ``refusal`` is why it may not be erased now.
create function traject.asked_to_erase(
    p_tenant uuid, p_stream uuid,
    out requested_by uuid, out requested_us bigint, out approved_by uuid, out approved_us bigint,
    out refusal text
)
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_held boolean := false;
    v_event record;
begin
    for v_event in
        select h.header ->> 'type' as type, e.recorded_us,
               (h.header -> 'actor' ->> 'person')::uuid as person
          from traject.event e
         cross join lateral (select convert_from(e.header, 'UTF8')::jsonb as header) h
         where e.tenant = p_tenant and e.stream = p_stream
           and h.header ->> 'type' in (
               'ErasureRequested', 'ErasureApproved', 'ErasureDeclined',
               'LegalHoldPlaced', 'LegalHoldLifted')
         order by e.version
    loop
        case v_event.type
            when 'LegalHoldPlaced' then v_held := true;
            when 'LegalHoldLifted' then v_held := false;
            when 'ErasureApproved' then
                approved_by := v_event.person;
                approved_us := v_event.recorded_us;
            else
                requested_by := case v_event.type when 'ErasureRequested' then v_event.person end;
                requested_us := case v_event.type
                                when 'ErasureRequested' then v_event.recorded_us end;
                approved_by := null;
                approved_us := null;
        end case;
    end loop;
    refusal := case
        when v_held then 'erasure.on_hold'
        when requested_by is null then 'erasure.not_requested'
        when approved_by is null then 'erasure.not_approved'
        when approved_by = requested_by then 'erasure.same_person'
    end;
end
$$;

create function traject.check_erasable(p_tenant uuid, p_stream uuid) returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_refusal text;
begin
    select a.refusal into v_refusal from traject.asked_to_erase(p_tenant, p_stream) a;
    if v_refusal is not null then
        raise exception 'the dossier may not be erased' using errcode = 'TJ020', detail = v_refusal;
    end if;
end
$$;

-- The streams named, or all that were approved and those whose erasure did not come to its end.
create function traject.to_be_erased(p_streams uuid[])
    returns table (
        tenant uuid, process text, stream uuid, version bigint, hash bytea,
        erased_us bigint, destroyed_at timestamptz, certificate text)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select s.tenant, s.process, s.stream, s.version, s.hash,
           s.erased_us, k.destroyed_at, c.certificate
      from traject.stream s
      join traject.dossier_key k using (tenant, stream)
      left join traject.erasure c using (tenant, stream)
     where s.version > 0
       and case
           when p_streams is not null then s.stream = any (p_streams)
           when s.erased_us is not null then c.certificate is null
           else (s.tenant, s.stream) in (
                select e.tenant, e.stream from traject.event e where e.command = 'ApproveErasure')
           end
     order by s.tenant, s.stream;
end;

-- From here on nothing is appended and nobody but the erasure opens anything.
create function traject.begin_erasure(p_tenant uuid, p_stream uuid, p_version bigint)
    returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_version bigint;
    v_erased_us bigint;
begin
    select s.version, s.erased_us into v_version, v_erased_us
      from traject.stream s
     where s.tenant = p_tenant and s.stream = p_stream and s.version > 0
       for update;
    if not found then
        raise exception 'no dossier is open for stream %', p_stream using errcode = 'TJ002';
    elsif v_erased_us is not null then
        return v_erased_us;
    elsif v_version <> p_version then
        raise exception 'stream % has other events', p_stream using errcode = 'TJ021';
    end if;
    perform traject.check_erasable(p_tenant, p_stream);
    update traject.stream s
       set erased_us = extract(epoch from clock_timestamp()) * 1000000, open = false
     where s.tenant = p_tenant and s.stream = p_stream
    returning s.erased_us into v_erased_us;
    perform pg_notify('traject_erased', p_tenant || ' ' || p_stream);
    return v_erased_us;
end
$$;

-- Without its key no body can be opened, ever; what has to be kept longer is kept in the same go.
create function traject.wipe_key(p_tenant uuid, p_stream uuid, p_outlived jsonb)
    returns timestamptz
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_destroyed_at timestamptz;
begin
    insert into traject.outlived (tenant, stream, class, content, keep_until)
        select p_tenant, p_stream, o.class, o.content, o.keep_until
          from jsonb_to_recordset(p_outlived) as o (class text, content jsonb, keep_until date)
            on conflict do nothing;
    update traject.dossier_key k set wrapped = null, destroyed_at = clock_timestamp()
     where k.tenant = p_tenant and k.stream = p_stream and k.wrapped is not null;
    perform pg_notify('traject_erased', p_tenant || ' ' || p_stream);
    select k.destroyed_at into v_destroyed_at
      from traject.dossier_key k where k.tenant = p_tenant and k.stream = p_stream;
    return v_destroyed_at;
end
$$;

create function traject.destroy_key(
    p_tenant uuid, p_stream uuid, p_version bigint, p_outlived jsonb
) returns timestamptz
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_version bigint;
    v_erased_us bigint;
begin
    select s.version, s.erased_us into v_version, v_erased_us
      from traject.stream s
     where s.tenant = p_tenant and s.stream = p_stream
       for update;
    if v_erased_us is null then
        raise exception 'the erasure of stream % did not begin', p_stream using errcode = 'TJ022';
    elsif v_version <> p_version then
        raise exception 'stream % has other events', p_stream using errcode = 'TJ021';
    end if;
    perform traject.check_erasable(p_tenant, p_stream);
    return traject.wipe_key(p_tenant, p_stream, p_outlived);
end
$$;

-- What read models hold of a dossier, by table. Whoever adds read models replaces these two.
create function traject.purge_read_models(p_tenant uuid, p_stream uuid) returns jsonb
    language sql
    set search_path = pg_catalog, pg_temp
    return '{}'::jsonb;

create function traject.left_in_read_models(p_tenant uuid, p_stream uuid) returns jsonb
    language sql stable
    set search_path = pg_catalog, pg_temp
    return '{}'::jsonb;

-- How many rows still tell of the dossier, by table; events and the logs of attempts stay.
create function traject.left_of(p_tenant uuid, p_stream uuid) returns jsonb
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
    return jsonb_build_object(
        'keys', (select count(*) from traject.dossier_key t
                  where t.tenant = p_tenant and t.stream = p_stream and t.wrapped is not null),
        'documents', (select count(*) from traject.document t
                       where t.tenant = p_tenant and t.stream = p_stream),
        'mails', (select count(*) from traject.outbox t join traject.notice n using (notice)
                   where n.tenant = p_tenant and n.stream = p_stream),
        'notices', (select count(*) from traject.notice t
                     where t.tenant = p_tenant and t.stream = p_stream),
        'parties', (select count(*) from traject.party t
                     where t.tenant = p_tenant and t.stream = p_stream),
        'claims', (select count(*) from traject.claim t
                    where t.tenant = p_tenant and t.stream = p_stream)
    ) || traject.left_in_read_models(p_tenant, p_stream);

-- Returns how many rows went, by table.
create function traject.purge(p_tenant uuid, p_stream uuid) returns jsonb
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_left jsonb;
begin
    perform from traject.stream s join traject.dossier_key k using (tenant, stream)
      where s.tenant = p_tenant and s.stream = p_stream
        and s.erased_us is not null and k.wrapped is null
        for update of s;
    if not found then
        raise exception 'the key of stream % is there', p_stream using errcode = 'TJ022';
    end if;
    v_left := traject.left_of(p_tenant, p_stream);
    delete from traject.outbox o using traject.notice n
     where n.notice = o.notice and n.tenant = p_tenant and n.stream = p_stream;
    delete from traject.notice t where t.tenant = p_tenant and t.stream = p_stream;
    delete from traject.document t where t.tenant = p_tenant and t.stream = p_stream;
    delete from traject.party t where t.tenant = p_tenant and t.stream = p_stream;
    delete from traject.claim t where t.tenant = p_tenant and t.stream = p_stream;
    update traject.stream s set state = 'erased', open = false, parties = '{}'
     where s.tenant = p_tenant and s.stream = p_stream;
    return v_left || traject.purge_read_models(p_tenant, p_stream);
end
$$;

create function traject.certify_erasure(p_tenant uuid, p_stream uuid, p_certificate text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from traject.dossier_key k
         where k.tenant = p_tenant and k.stream = p_stream and k.wrapped is null
    ) then
        raise exception 'the key of stream % is there', p_stream using errcode = 'TJ022';
    end if;
    insert into traject.erasure (tenant, stream, certificate)
        values (p_tenant, p_stream, p_certificate) on conflict do nothing;
end
$$;

-- Those of these dossiers whose key is there although it was destroyed once: a backup was restored.
create function traject.still_there(p_tenants uuid[], p_streams uuid[])
    returns table (tenant uuid, stream uuid)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select k.tenant, k.stream
      from unnest(p_tenants, p_streams) as wanted (tenant, stream)
      join traject.dossier_key k using (tenant, stream)
     where k.wrapped is not null;
end;
grant execute on function traject.still_there(uuid[], uuid[]) to traject_app;

-- Erases anew what was erased before, whatever the restored stream says of it.
create function traject.erase_again(
    p_tenant uuid, p_stream uuid, p_outlived jsonb, p_certificate text
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update traject.stream s
       set erased_us = coalesce(s.erased_us, extract(epoch from clock_timestamp()) * 1000000),
           open = false
     where s.tenant = p_tenant and s.stream = p_stream;
    if not found then
        raise exception 'no dossier is open for stream %', p_stream using errcode = 'TJ002';
    end if;
    perform traject.wipe_key(p_tenant, p_stream, p_outlived);
    perform traject.purge(p_tenant, p_stream);
    if p_certificate is not null then
        perform traject.certify_erasure(p_tenant, p_stream, p_certificate);
    end if;
end
$$;

create function traject.sweep_outlived(p_today date) returns bigint
    language sql
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    with gone as (delete from traject.outlived o where o.keep_until < p_today returning o.stream)
    select count(*) from gone;
end;

reset role;
revoke create on schema traject from traject_keeper;
