-- The order in which everybody reads: one dense number per committed event, given afterwards.
set local role traject_owner;

create table traject.position (
    position bigint primary key,
    tenant uuid not null,
    stream uuid not null,
    version bigint not null,
    unique (tenant, stream, version)
);
select traject.by_board('traject.position');
select traject.append_only('traject.position');

create table traject.sequencer (
    one boolean primary key default true check (one),
    position bigint not null default 0,
    xid xid8 not null default '0',
    place smallint not null default 0,
    since timestamptz not null default '-infinity'
) with (fillfactor = 20);
comment on table traject.sequencer is 'The last event that has a position.';
comment on column traject.sequencer.since is
    'What was stored before came from another cluster, whose transaction ids mean nothing here.';
insert into traject.sequencer default values;

grant select, insert on traject.position to traject_sequencer;
grant select, update on traject.sequencer to traject_sequencer;
grant select (tenant, stream, version, xid, place, stored_at) on traject.event to traject_sequencer;
create policy every_board_sequencer on traject.position to traject_sequencer using (true) with check (true);
create policy every_board_sequencer on traject.event for select to traject_sequencer using (true);

grant select on traject.position to traject_app, traject_projector, traject_reader;
grant select on traject.sequencer to traject_app, traject_projector, traject_reader;
create policy every_board_projector on traject.position for select to traject_projector using (true);

-- Runs with the rights of its caller. Below the oldest running transaction nothing can appear
-- any more, so what is numbered here is never overtaken.
create function traject.sequence(p_limit integer, out given integer, out last bigint)
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_xid xid8;
    v_place smallint;
    v_since timestamptz;
begin
    select s.position, s.xid, s.place, s.since into last, v_xid, v_place, v_since
      from traject.sequencer s;
    given := 0;
    -- Without this look every idle round would write. With "exists" in place of the order the
    -- planner hopes for an early match and, there being none, reads the whole table every round.
    perform from traject.event e
      where (e.xid, e.place) > (v_xid, v_place)
        and e.xid < pg_snapshot_xmin(pg_current_snapshot())
        and e.stored_at >= v_since
      order by e.xid, e.place
      limit 1;
    if not found then
        return;
    end if;
    select s.position, s.xid, s.place, s.since into last, v_xid, v_place, v_since
      from traject.sequencer s for update;
    with fresh as (
        select e.tenant, e.stream, e.version, e.xid, e.place,
               row_number() over (order by e.xid, e.place) as nth
          from traject.event e
         where (e.xid, e.place) > (v_xid, v_place)
           and e.xid < pg_snapshot_xmin(pg_current_snapshot())
           and e.stored_at >= v_since
         order by e.xid, e.place
         limit p_limit
    ), written as (
        insert into traject.position (position, tenant, stream, version)
        select last + nth, tenant, stream, version from fresh
    )
    select f.nth, f.xid, f.place into given, v_xid, v_place
      from fresh f order by f.nth desc limit 1;
    if not found then
        given := 0;
        return;
    end if;
    last := last + given;
    update traject.sequencer s set position = last, xid = v_xid, place = v_place;
    perform pg_notify('traject_positions', last::text);
end
$$;
grant execute on function traject.sequence(integer) to traject_sequencer;
