-- The Merkle trees over events, readings and refusals, and the checkpoints signed over them.
set local role traject_owner;

-- Readings and refusals get positions of their own, given like those of events: in the order of
-- (xid, id) below the oldest running transaction. Ids alone would pass over what commits late.
alter table traject.reading add column xid xid8 not null default pg_current_xact_id();
alter table traject.refused add column xid xid8 not null default pg_current_xact_id();
create index reading_in_commit_order on traject.reading (xid, id);
create index refused_in_commit_order on traject.refused (xid, id);

create table traject.logged (
    log text not null check (log in ('reads', 'refused')),
    position bigint not null,
    id bigint not null,
    primary key (log, position),
    unique (log, id)
);
comment on table traject.logged is
    'Where each reading and each refusal stands in its log: 1, 2, 3 ... without gaps.';
select traject.append_only('traject.logged');

create table traject.numbering (
    log text primary key check (log in ('reads', 'refused')),
    position bigint not null default 0,
    xid xid8 not null default '0',
    id bigint not null default 0,
    since timestamptz not null default '-infinity'
) with (fillfactor = 20);
comment on table traject.numbering is
    'The last reading and the last refusal that have a position; as traject.sequencer for events.';
insert into traject.numbering (log) values ('reads'), ('refused');

create table traject.tree (
    log text primary key check (log in ('events', 'reads', 'refused')),
    size bigint not null default 0,
    edge bytea[] not null default '{}'
) with (fillfactor = 20);
comment on table traject.tree is
    'How many leaves each tree has; ''edge'' are, level by level, the hashes of no full tile yet.';
alter table traject.tree alter column edge set storage external;
insert into traject.tree (log) values ('events'), ('reads'), ('refused');

create table traject.tile (
    log text not null,
    level smallint not null,
    index bigint not null,
    hashes bytea not null check (octet_length(hashes) = 256 * 32),
    primary key (log, level, index)
);
comment on table traject.tile is
    '256 hashes: of leaves at level 0, else the roots of 256 tiles of the level below.';
alter table traject.tile alter column hashes set storage external;
select traject.append_only('traject.tile');

create table traject.checkpoint (
    number bigint primary key check (number > 0),
    size bigint not null,
    note text not null,
    signed_at timestamptz not null
);
comment on table traject.checkpoint is
    'Signed notes on all three trees; each is published outside the database too.';
create index checkpoint_of_size on traject.checkpoint (size);
select traject.append_only('traject.checkpoint');

-- Nothing in these belongs to a board: hashes, ids of rows that are hidden by board themselves.
grant select on traject.logged, traject.tree, traject.tile, traject.checkpoint
    to traject_app, traject_projector, traject_reader, traject_sequencer;
grant insert on traject.logged, traject.tile, traject.checkpoint to traject_sequencer;
grant update on traject.tree to traject_sequencer;
grant select, update on traject.numbering to traject_sequencer;

-- What leaves are hashes of. Given commands are sealed; headers and bodies stay out of sight.
grant select (event_id, command_id, event_hash, command, content_hash, warnings, given)
    on traject.event to traject_sequencer;
grant select on traject.reading, traject.refused to traject_sequencer;
create policy every_board_sequencer on traject.reading for select to traject_sequencer using (true);
create policy every_board_sequencer on traject.refused for select to traject_sequencer using (true);

-- Runs with the rights of its caller; returns how many rows got a position.
create function traject.number_log(p_log text, p_limit integer) returns integer
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_table text := case p_log when 'reads' then 'reading' when 'refused' then 'refused' end;
    v_last traject.numbering;
    v_given integer;
    v_xid xid8;
    v_id bigint;
begin
    select n.* into v_last from traject.numbering n where n.log = p_log;
    -- Without this look every idle round would write.
    execute format(
        'select r.xid from traject.%I r '
        ' where (r.xid, r.id) > ($1, $2) and r.xid < pg_snapshot_xmin(pg_current_snapshot()) '
        '   and r.logged_at >= $3 order by r.xid, r.id limit 1', v_table)
       into v_xid using v_last.xid, v_last.id, v_last.since;
    if v_xid is null then
        return 0;
    end if;
    select n.* into v_last from traject.numbering n where n.log = p_log for update;
    execute format(
        'with fresh as ('
        '    select r.id, r.xid, row_number() over (order by r.xid, r.id) as nth'
        '      from traject.%I r'
        '     where (r.xid, r.id) > ($1, $2)'
        '       and r.xid < pg_snapshot_xmin(pg_current_snapshot())'
        '       and r.logged_at >= $3'
        '     order by r.xid, r.id'
        '     limit $4'
        '), written as ('
        '    insert into traject.logged (log, position, id) select $5, $6 + nth, id from fresh'
        ') select f.nth, f.xid, f.id from fresh f order by f.nth desc limit 1', v_table)
       into v_given, v_xid, v_id
      using v_last.xid, v_last.id, v_last.since, p_limit, p_log, v_last.position;
    if v_given is null then
        return 0;
    end if;
    update traject.numbering n
       set position = n.position + v_given, xid = v_xid, id = v_id
     where n.log = p_log;
    return v_given;
end
$$;
grant execute on function traject.number_log(text, integer) to traject_sequencer;
