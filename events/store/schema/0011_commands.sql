-- Every accepted command is kept as it was given, sealed with its dossier's key, so that the rules
-- can be asked again; and a dossier that is being erased takes nothing more (TJ006).
set local role traject_owner;

alter table traject.event add column given bytea;
alter table traject.event alter column given set storage external;
comment on column traject.event.given is
    'With the first event of a command: its data, its giver''s roles, the version of the rules.';

alter table traject.stream add column erased_us bigint;
comment on column traject.stream.erased_us is
    'When its erasure began, in microseconds since 1970; nothing is appended from then on.';

drop function traject.append(
    uuid, text, uuid, bigint, uuid, text, text, text[], uuid, bigint,
    uuid[], bytea[], bytea[], text, boolean, jsonb, jsonb, jsonb, jsonb, jsonb, jsonb);
drop function traject.extend(
    uuid, uuid, bigint, bytea, jsonb, integer, integer, uuid, text, text, text[],
    bigint, uuid[], bytea[], bytea[], text, boolean, jsonb);

-- A stream's next events and its place in lists; its head row is locked by the caller.
create function traject.extend(
    p_tenant uuid, p_stream uuid, p_version bigint, p_hash bytea, p_known_parties jsonb,
    p_from integer, p_to integer,
    p_command_id uuid, p_command text, p_content_hash text, p_warnings text[],
    p_recorded_us bigint, p_event_ids uuid[], p_headers bytea[], p_bodies bytea[],
    p_state text, p_open boolean, p_parties jsonb, p_given bytea
) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_version bigint := p_version;
    v_hash bytea := p_hash;
begin
    for i in p_from .. p_to loop
        v_version := v_version + 1;
        v_hash := sha256(
            'traject event 1'::bytea || uuid_send(p_tenant) || uuid_send(p_stream)
            || int8send(v_version) || int8send(p_recorded_us) || v_hash
            || sha256(p_headers[i]) || sha256(p_bodies[i]));
        insert into traject.event (
            tenant, stream, version, event_id, command_id, place, recorded_us, event_hash,
            command, content_hash, warnings, given, header, body
        ) values (
            p_tenant, p_stream, v_version, p_event_ids[i], p_command_id, i, p_recorded_us, v_hash,
            case when i = 1 then p_command end, case when i = 1 then p_content_hash end,
            case when i = 1 then p_warnings end, case when i = 1 then p_given end,
            p_headers[i], p_bodies[i]);
    end loop;
    update traject.stream
       set version = v_version, hash = v_hash, recorded_us = p_recorded_us,
           created_us = coalesce(created_us, p_recorded_us),
           state = p_state, open = p_open, parties = p_parties
     where tenant = p_tenant and stream = p_stream;
    if p_parties <> p_known_parties then
        delete from traject.party where tenant = p_tenant and stream = p_stream;
        insert into traject.party (tenant, stream, part, person)
            select p_tenant, p_stream, key, value::uuid from jsonb_each_text(p_parties);
    end if;
end
$$;

-- Returns the version of the board's settings, or null when the stream is not at the expected
-- version and nothing was written.
create function traject.append(
    p_tenant uuid, p_process text, p_stream uuid, p_expected bigint,
    p_command_id uuid, p_command text, p_content_hash text, p_warnings text[],
    p_giver uuid, p_recorded_us bigint,
    p_event_ids uuid[], p_headers bytea[], p_bodies bytea[],
    p_state text, p_open boolean, p_parties jsonb,
    p_notices jsonb, p_claims jsonb, p_releases jsonb, p_openings jsonb, p_needs jsonb,
    p_given bytea
) returns integer
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_settings integer;
    v_process text;
    v_version bigint;
    v_hash bytea;
    v_recorded_us bigint;
    v_parties jsonb;
    v_erased_us bigint;
    v_last integer := cardinality(p_headers);
    v_opening record;
begin
    -- Most commands are one event on a stream whose parties stay. One statement for these is
    -- twice as fast as the long way below, which every other case falls through to: among them
    -- another board than the session's, whose rows are out of sight here.
    if v_last = 1 and p_claims is null and p_releases is null and p_needs is null then
        with head as (
            update traject.stream s
               set version = s.version + 1, recorded_us = p_recorded_us,
                   created_us = coalesce(s.created_us, p_recorded_us),
                   state = p_state, open = p_open,
                   hash = sha256(
                        'traject event 1'::bytea || uuid_send(p_tenant) || uuid_send(p_stream)
                        || int8send(s.version + 1) || int8send(p_recorded_us) || s.hash
                        || sha256(p_headers[1]) || sha256(p_bodies[1]))
             where s.tenant = p_tenant and s.stream = p_stream and s.version = p_expected
               and s.process = p_process and s.parties = p_parties
               and (s.recorded_us <= p_recorded_us or s.recorded_us is null)
               and s.erased_us is null
            returning s.version, s.hash
        ), written as (
            insert into traject.event (
                tenant, stream, version, event_id, command_id, place, recorded_us, event_hash,
                command, content_hash, warnings, given, header, body)
            select p_tenant, p_stream, head.version, p_event_ids[1], p_command_id, 1,
                   p_recorded_us, head.hash, p_command, p_content_hash, p_warnings, p_given,
                   p_headers[1], p_bodies[1]
              from head
        )
        select coalesce((select max(s.version) from traject.settings s
                          where s.tenant = p_tenant), 1)
          into v_settings from head;
        if found then
            if p_notices is not null then
                perform traject.tell(
                    p_tenant, p_stream, p_command_id, p_giver, p_recorded_us, p_notices);
            end if;
            return v_settings;
        end if;
    end if;

    perform traject.check_board(p_tenant);
    -- Heads before anything else, in sorted order: positions then never contradict causes.
    if p_openings is not null or p_needs is not null then
        perform 1 from traject.stream s
          where s.tenant = p_tenant
            and s.stream in (
                select p_stream union all
                select (o ->> 'stream')::uuid from jsonb_array_elements(p_openings) o union all
                select (n ->> 'stream')::uuid from jsonb_array_elements(p_needs) n)
          order by s.stream for no key update;
    end if;
    if p_openings is not null then
        v_last := v_last - (
            select sum((o ->> 'events')::integer) from jsonb_array_elements(p_openings) o);
    end if;
    select s.process, s.version, s.hash, s.recorded_us, s.parties, s.erased_us
      into v_process, v_version, v_hash, v_recorded_us, v_parties, v_erased_us
      from traject.stream s
     where s.tenant = p_tenant and s.stream = p_stream
       for no key update;
    if not found then
        raise exception 'no dossier is open for stream %', p_stream using errcode = 'TJ002';
    elsif v_process <> p_process then
        raise exception 'stream % belongs to %', p_stream, v_process using errcode = 'TJ003';
    elsif v_erased_us is not null then
        raise exception 'the dossier of stream % was erased', p_stream using errcode = 'TJ006';
    elsif v_version <> p_expected then
        return null;
    elsif p_recorded_us < v_recorded_us then
        raise exception 'stream % has a later event', p_stream using errcode = 'TJ004';
    end if;

    if p_needs is not null then
        perform traject.check_needs(p_tenant, p_needs);
    end if;
    if p_claims is not null or p_releases is not null then
        perform traject.take_claims(p_tenant, p_stream, p_claims, p_releases);
    end if;
    perform traject.extend(
        p_tenant, p_stream, v_version, v_hash, v_parties, 1, v_last,
        p_command_id, p_command, p_content_hash, p_warnings,
        p_recorded_us, p_event_ids, p_headers, p_bodies, p_state, p_open, p_parties, p_given);

    if p_openings is not null then
        for v_opening in
            select o.*, s.version, s.hash, s.process as known_process, s.parties as known_parties
              from jsonb_to_recordset(p_openings) as o (
                   stream uuid, process text, events integer, state text, open boolean, parties jsonb)
              left join traject.stream s on s.tenant = p_tenant and s.stream = o.stream
        loop
            if v_opening.version is null then
                raise exception 'no dossier is open for stream %', v_opening.stream
                    using errcode = 'TJ002';
            elsif v_opening.known_process <> v_opening.process then
                raise exception 'stream % belongs to %', v_opening.stream, v_opening.known_process
                    using errcode = 'TJ003';
            elsif v_opening.version > 0 then
                raise exception 'stream % already has events', v_opening.stream
                    using errcode = 'TJ005';
            end if;
            perform traject.extend(
                p_tenant, v_opening.stream, 0, v_opening.hash, v_opening.known_parties,
                v_last + 1, v_last + v_opening.events,
                p_command_id, p_command, p_content_hash, p_warnings,
                p_recorded_us, p_event_ids, p_headers, p_bodies,
                v_opening.state, v_opening.open, v_opening.parties, null);
            v_last := v_last + v_opening.events;
        end loop;
    end if;

    if p_notices is not null then
        perform traject.tell(
            p_tenant, p_stream, p_command_id, p_giver, p_recorded_us, p_notices);
    end if;
    return (select coalesce(max(s.version), 1) from traject.settings s where s.tenant = p_tenant);
end
$$;

grant execute on function
    traject.append(
        uuid, text, uuid, bigint, uuid, text, text, text[], uuid, bigint,
        uuid[], bytea[], bytea[], text, boolean, jsonb, jsonb, jsonb, jsonb, jsonb, jsonb, bytea)
    to traject_app;
