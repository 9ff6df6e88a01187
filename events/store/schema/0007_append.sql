-- The only way to write events. One call is one accepted command, whole or not at all.
--   TJ001 another board than the session's       TJ002 no such dossier
--   TJ003 a dossier of another process           TJ004 recorded before the stream's last event
--   TJ005 an opened stream already has events
--   TJ010 a claim is taken or a need is not met, detail: the refusal code
set local role traject_owner;

create function traject.check_board(p_tenant uuid) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if p_tenant is distinct from traject.board() then
        raise exception 'the session does not work for this board' using errcode = 'TJ001';
    end if;
end
$$;

create function traject.open_dossier(
    p_tenant uuid, p_stream uuid, p_process text, p_master text, p_wrapped bytea
) returns table (process text, master text, wrapped bytea)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform traject.check_board(p_tenant);
    -- Shared with other openings, not with the sweep, which would take the key from under this.
    perform pg_advisory_xact_lock_shared(hashtextextended('traject sweep', 0));
    insert into traject.stream as s (tenant, stream, process)
        values (p_tenant, p_stream, p_process) on conflict do nothing;
    insert into traject.dossier_key as k (tenant, stream, master, wrapped)
        values (p_tenant, p_stream, p_master, p_wrapped) on conflict do nothing;
    return query
        select s.process, k.master, k.wrapped
          from traject.stream s join traject.dossier_key k using (tenant, stream)
         where s.tenant = p_tenant and s.stream = p_stream;
end
$$;

-- A stream's next events and its place in lists; its head row is locked by the caller.
create function traject.extend(
    p_tenant uuid, p_stream uuid, p_version bigint, p_hash bytea, p_known_parties jsonb,
    p_from integer, p_to integer,
    p_command_id uuid, p_command text, p_content_hash text, p_warnings text[],
    p_recorded_us bigint, p_event_ids uuid[], p_headers bytea[], p_bodies bytea[],
    p_state text, p_open boolean, p_parties jsonb
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
            command, content_hash, warnings, header, body
        ) values (
            p_tenant, p_stream, v_version, p_event_ids[i], p_command_id, i, p_recorded_us, v_hash,
            case when i = 1 then p_command end, case when i = 1 then p_content_hash end,
            case when i = 1 then p_warnings end, p_headers[i], p_bodies[i]);
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

-- Where a thing has several slots every stream holds it under a name of its own.
create function traject.with_slots(p_stream uuid, p_claims jsonb) returns jsonb
    language sql immutable
    set search_path = pg_catalog, pg_temp
begin atomic
    select jsonb_agg(
        case when c.claim ? 'slots' then
            c.claim || jsonb_build_object(
                'of_slots', c.claim ->> 'subject',
                'subject', format('%s#%s', c.claim ->> 'subject', p_stream))
        else c.claim end)
      from jsonb_array_elements(p_claims) as c (claim);
end;

-- How many others hold a thing on the day of these with most of them: one on which a claim begins.
create function traject.most_at_once(
    p_tenant uuid, p_stream uuid, p_kind text, p_of_slots text, p_during daterange
) returns bigint
    language sql stable
    set search_path = pg_catalog, pg_temp
begin atomic
    with held as (
        select c.during * p_during as days
          from traject.claim c
         where c.tenant = p_tenant and c.kind = p_kind and c.of_slots = p_of_slots
           and c.stream <> p_stream and c.during && p_during
    ), at_once as (
        select count(*) as streams
          from (select distinct lower(days) as day from held) begins
          join held on case when begins.day is null then lower_inf(held.days)
                            else held.days @> begins.day end
         group by begins.day
    )
    select coalesce(max(streams), 0) from at_once;
end;

-- What other streams have to be for this command; their heads are locked by the caller.
create function traject.check_needs(p_tenant uuid, p_needs jsonb) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_refusal text;
begin
    select n.refusal into v_refusal
      from rows from (jsonb_to_recordset(p_needs) as (
               stream uuid, process text, states text[], party uuid, part text, refusal text))
           with ordinality as n (stream, process, states, party, part, refusal, at)
     where not exists (
        select from traject.stream s
         where s.tenant = p_tenant and s.stream = n.stream and s.process = n.process
           and s.version > 0 and s.state = any (n.states)
           and (n.party is null or exists (
                select from jsonb_each_text(s.parties) p
                 where p.value::uuid = n.party and starts_with(p.key, n.part))))
     order by n.at
     limit 1;
    if found then
        raise exception 'a need is not met' using errcode = 'TJ010', detail = v_refusal;
    end if;
end
$$;

-- Takes and gives back what a stream holds, or refuses: then nothing of the command is written.
create function traject.take_claims(
    p_tenant uuid, p_stream uuid, p_claims jsonb, p_releases jsonb
) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_refusal text;
    v_claims jsonb;
begin
    -- Waiting for these in one order keeps crossing commands from locking each other out.
    perform pg_advisory_xact_lock(locks.lock)
       from (select distinct hashtextextended(
                    concat_ws('/', p_tenant, c ->> 'kind', c ->> 'subject'), 0) as lock
               from jsonb_array_elements(
                    coalesce(p_claims, '[]') || coalesce(p_releases, '[]')) c
              order by 1) locks;
    delete from traject.claim held
     using jsonb_to_recordset(p_releases) as r (kind text, subject text, during daterange)
     where held.tenant = p_tenant and held.stream = p_stream
       and held.kind = r.kind and held.of_slots = r.subject
       and held.during = coalesce(r.during, held.during);
    v_claims := traject.with_slots(p_stream, p_claims);
    select c.refusal into v_refusal
      from jsonb_to_recordset(v_claims) as c (
               kind text, subject text, of_slots text, slots bigint, during daterange, refusal text)
     cross join lateral (select coalesce(c.during, daterange(null, null))) as wanted (during)
     where case when c.slots is null then exists (
               select from traject.claim held
                where held.tenant = p_tenant and held.kind = c.kind and held.subject = c.subject
                  and held.during && wanted.during and held.stream <> p_stream)
           else traject.most_at_once(
                    p_tenant, p_stream, c.kind, c.of_slots, wanted.during) >= c.slots end
     limit 1;
    if found then
        raise exception 'a claim is taken' using errcode = 'TJ010', detail = v_refusal;
    end if;
    insert into traject.claim (tenant, kind, subject, of_slots, during, stream)
    select p_tenant, c.kind, c.subject, coalesce(c.of_slots, c.subject),
           coalesce(c.during, daterange(null, null)), p_stream
      from jsonb_to_recordset(v_claims)
           as c (kind text, subject text, of_slots text, during daterange)
     where not exists (
        select from traject.claim own
         where own.tenant = p_tenant and own.kind = c.kind and own.subject = c.subject
           and own.during @> coalesce(c.during, daterange(null, null)));
end
$$;

-- A role stands for everyone of the board who holds it; the giver knows already, but of a letter
-- that was asked for.
create function traject.tell(
    p_tenant uuid, p_stream uuid, p_command_id uuid, p_giver uuid, p_recorded_us bigint,
    p_notices jsonb
) returns void
    language sql
    set search_path = pg_catalog, pg_temp
begin atomic
    with told as (
        insert into traject.notice (
            tenant, stream, person, kind, cause, version, command_id, recorded_us)
        select p_tenant, p_stream, hearer.person, n.kind, n.cause, n.version,
               p_command_id, p_recorded_us
          from rows from (jsonb_to_recordset(p_notices) as (
                   kind text, person uuid, role text, cause uuid, version bigint,
                   giver_too boolean))
               with ordinality as n (kind, person, role, cause, version, giver_too, at)
         cross join lateral (
            select n.person where n.person is not null
            union all
            select r.person from traject.person_role r join traject.person p using (tenant, person)
             where r.tenant = p_tenant and r.role = n.role and p.active
         ) hearer
         where hearer.person is distinct from p_giver or n.giver_too
         order by n.at, hearer.person
            on conflict do nothing
        returning notice
    )
    insert into traject.outbox (notice, tenant) select notice, p_tenant from told;
end;

-- Returns the version of the board's settings, or null when the stream is not at the expected
-- version and nothing was written.
create function traject.append(
    p_tenant uuid, p_process text, p_stream uuid, p_expected bigint,
    p_command_id uuid, p_command text, p_content_hash text, p_warnings text[],
    p_giver uuid, p_recorded_us bigint,
    p_event_ids uuid[], p_headers bytea[], p_bodies bytea[],
    p_state text, p_open boolean, p_parties jsonb,
    p_notices jsonb, p_claims jsonb, p_releases jsonb, p_openings jsonb, p_needs jsonb
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
            returning s.version, s.hash
        ), written as (
            insert into traject.event (
                tenant, stream, version, event_id, command_id, place, recorded_us, event_hash,
                command, content_hash, warnings, header, body)
            select p_tenant, p_stream, head.version, p_event_ids[1], p_command_id, 1,
                   p_recorded_us, head.hash, p_command, p_content_hash, p_warnings,
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
    select s.process, s.version, s.hash, s.recorded_us, s.parties
      into v_process, v_version, v_hash, v_recorded_us, v_parties
      from traject.stream s
     where s.tenant = p_tenant and s.stream = p_stream
       for no key update;
    if not found then
        raise exception 'no dossier is open for stream %', p_stream using errcode = 'TJ002';
    elsif v_process <> p_process then
        raise exception 'stream % belongs to %', p_stream, v_process using errcode = 'TJ003';
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
        p_recorded_us, p_event_ids, p_headers, p_bodies, p_state, p_open, p_parties);

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
                v_opening.state, v_opening.open, v_opening.parties);
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
    traject.open_dossier(uuid, uuid, text, text, bytea),
    traject.append(
        uuid, text, uuid, bigint, uuid, text, text, text[], uuid, bigint,
        uuid[], bytea[], bytea[], text, boolean, jsonb, jsonb, jsonb, jsonb, jsonb, jsonb)
    to traject_app;
