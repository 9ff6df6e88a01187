-- What somebody is still writing: kept while it is typed, sealed with the key of its dossier, gone
-- once it is given, thrown away, left alone for long, or erased with the dossier.
--   TJ002 no such dossier, or nothing happened in it yet     TJ006 the dossier was erased
set local role traject_owner;

create table traject.draft (
    tenant uuid not null,
    stream uuid not null,
    person uuid not null,
    form text not null check (length(form) between 1 and 100),
    saved_us bigint not null,
    body bytea not null check (octet_length(body) < 400000),
    primary key (tenant, stream, person, form)
);
comment on column traject.draft.saved_us is
    'When it was kept, in microseconds; two windows with the same form know by it who was first.';
create index draft_of_person on traject.draft (tenant, person);
select traject.by_board('traject.draft');
grant select, delete on traject.draft to traject_app;
grant select, delete on traject.draft to traject_keeper;
create policy every_board_keeper on traject.draft to traject_keeper using (true);

-- ``p_known`` is what the writer saw last, null where there was none. What another window kept
-- since then stays: then ``kept`` is false, and ``saved_us`` is that of the other one, if any.
create function traject.save_draft(
    p_tenant uuid, p_stream uuid, p_person uuid, p_form text, p_known bigint, p_body bytea,
    out kept boolean, out saved_us bigint
)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_erased boolean;
    v_now bigint := extract(epoch from clock_timestamp()) * 1000000;
begin
    perform traject.check_board(p_tenant);
    select s.erased_us is not null or k.wrapped is null into v_erased
      from traject.stream s join traject.dossier_key k using (tenant, stream)
     where s.tenant = p_tenant and s.stream = p_stream and s.version > 0
       for key share of s;
    if not found then
        raise exception 'no dossier is open for stream %', p_stream using errcode = 'TJ002';
    elsif v_erased then
        raise exception 'the dossier of stream % was erased', p_stream using errcode = 'TJ006';
    end if;
    if p_known is null then
        insert into traject.draft (tenant, stream, person, form, saved_us, body)
            values (p_tenant, p_stream, p_person, p_form, v_now, p_body) on conflict do nothing
            returning draft.saved_us into saved_us;
    else
        update traject.draft d set body = p_body, saved_us = greatest(v_now, d.saved_us + 1)
         where d.tenant = p_tenant and d.stream = p_stream
           and d.person = p_person and d.form = p_form and d.saved_us = p_known
        returning d.saved_us into saved_us;
    end if;
    kept := found;
    if not kept then
        select d.saved_us into saved_us from traject.draft d
         where d.tenant = p_tenant and d.stream = p_stream
           and d.person = p_person and d.form = p_form;
    end if;
end
$$;
grant execute on function traject.save_draft(uuid, uuid, uuid, text, bigint, bytea)
    to traject_app;

reset role;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

-- Those of any board that were left alone for so long.
create function traject.sweep_drafts(p_older_than interval) returns integer
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_swept integer;
begin
    delete from traject.draft d
     where d.saved_us < extract(epoch from now() - p_older_than) * 1000000;
    get diagnostics v_swept = row_count;
    return v_swept;
end
$$;
grant execute on function traject.sweep_drafts(interval) to traject_app;

-- As before, and drafts with them.
create or replace function traject.left_of(p_tenant uuid, p_stream uuid) returns jsonb
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
    return jsonb_build_object(
        'keys', (select count(*) from traject.dossier_key t
                  where t.tenant = p_tenant and t.stream = p_stream and t.wrapped is not null),
        'documents', (select count(*) from traject.document t
                       where t.tenant = p_tenant and t.stream = p_stream),
        'drafts', (select count(*) from traject.draft t
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

create or replace function traject.purge(p_tenant uuid, p_stream uuid) returns jsonb
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
    delete from traject.draft t where t.tenant = p_tenant and t.stream = p_stream;
    delete from traject.party t where t.tenant = p_tenant and t.stream = p_stream;
    delete from traject.claim t where t.tenant = p_tenant and t.stream = p_stream;
    update traject.stream s set state = 'erased', open = false, parties = '{}'
     where s.tenant = p_tenant and s.stream = p_stream;
    return v_left || traject.purge_read_models(p_tenant, p_stream);
end
$$;

reset role;
revoke create on schema traject from traject_keeper;
