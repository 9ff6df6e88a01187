-- Documents that people read and sign: made once, sealed with the dossier's key, never changed.
--   TJ002 no such dossier, or nothing happened in it yet     TJ006 the dossier was erased
set local role traject_owner;

create table traject.document (
    tenant uuid not null,
    stream uuid not null,
    kind text not null,
    version integer not null check (version > 0),
    sha256 bytea not null check (octet_length(sha256) = 32),
    body bytea not null,
    made_at timestamptz not null default now(),
    primary key (tenant, stream, kind, version)
);
comment on column traject.document.sha256 is
    'Of the document as people read it, which is what they sign; the body is sealed.';
alter table traject.document alter column body set storage external;
select traject.by_board('traject.document');
select traject.append_only('traject.document');
grant select on traject.document to traject_app, traject_reader;

-- Who comes second, even at the same moment, gets what the first one made.
create function traject.keep_document(
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
    select k.wrapped is null into v_erased
      from traject.stream s join traject.dossier_key k using (tenant, stream)
     where s.tenant = p_tenant and s.stream = p_stream and s.version > 0;
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
grant execute on function traject.keep_document(uuid, uuid, text, integer, bytea, bytea)
    to traject_app;
