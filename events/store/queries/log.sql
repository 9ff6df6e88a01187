-- name: number
select traject.number_log($1, $2)

-- name: hold_still
lock table traject.event, traject.reading, traject.refused in exclusive mode

-- name: rest_of_reads
with fresh as (
    select r.id, row_number() over (order by r.xid, r.id) as nth
      from traject.reading r
     where not exists (select from traject.logged l where l.log = 'reads' and l.id = r.id)
), written as (
    insert into traject.logged (log, position, id)
    select n.log, n.position + f.nth, f.id
      from fresh f join traject.numbering n on n.log = 'reads'
)
update traject.numbering
   set position = position + (select count(*) from fresh),
       xid = '0', id = 0, since = clock_timestamp()
 where log = 'reads'

-- name: rest_of_refused
with fresh as (
    select r.id, row_number() over (order by r.xid, r.id) as nth
      from traject.refused r
     where not exists (select from traject.logged l where l.log = 'refused' and l.id = r.id)
), written as (
    insert into traject.logged (log, position, id)
    select n.log, n.position + f.nth, f.id
      from fresh f join traject.numbering n on n.log = 'refused'
)
update traject.numbering
   set position = position + (select count(*) from fresh),
       xid = '0', id = 0, since = clock_timestamp()
 where log = 'refused'

-- name: sizes
select log, size from traject.tree

-- name: tree
select size, edge from traject.tree where log = $1

-- name: tiles
-- The edge as of the same moment comes as tiles of the place that they will have once full.
select t.level, t.index, t.hashes
  from traject.tile t
  join unnest($2::smallint[], $3::bigint[]) as w (level, index)
    on t.level = w.level and t.index = w.index
 where t.log = $1
 union all
select (e.level - 1)::smallint, tree.size >> (8 * e.level::integer), e.hashes
  from traject.tree, unnest(tree.edge) with ordinality as e (hashes, level)
 where tree.log = $1

-- name: fresh_events
select p.position, e.tenant, e.stream, e.version, e.event_id, e.command_id, e.place, e.stored_at,
       e.event_hash, e.command, e.content_hash, e.warnings, e.given
  from traject.position p
  join traject.event e
    on e.tenant = p.tenant and e.stream = p.stream and e.version = p.version
 where p.position > $1
 order by p.position
 limit $2

-- name: fresh_reads
select l.position, r.tenant, r.at_us, r.logged_at, r.person, r.stream, r.process, r.what, r.as_of_us
  from traject.logged l join traject.reading r on r.id = l.id
 where l.log = 'reads' and l.position > $1
 order by l.position
 limit $2

-- name: fresh_refused
select l.position, r.tenant, r.at_us, r.logged_at, r.person, r.stream, r.process, r.command, r.code
  from traject.logged l join traject.refused r on r.id = l.id
 where l.log = 'refused' and l.position > $1
 order by l.position
 limit $2

-- name: grow
-- One statement: tree and tiles change together or not at all, and only from where we knew it.
with grown as (
    update traject.tree set size = $3, edge = $4 where log = $1 and size = $2 returning size
), written as (
    insert into traject.tile (log, level, index, hashes)
    select $1, w.level, w.index, w.hashes
      from unnest($5::smallint[], $6::bigint[], $7::bytea[]) as w (level, index, hashes), grown
)
select exists (select from grown)

-- name: last_checkpoint
select number, note from traject.checkpoint order by number desc limit 1

-- name: alone
select pg_advisory_xact_lock($1)

-- name: keep
insert into traject.checkpoint (number, size, note, signed_at) values ($1, $2, $3, $4)

-- name: keep_again
insert into traject.checkpoint (number, size, note, signed_at) values ($1, $2, $3, $4)
on conflict do nothing

-- name: wait_for_disk
set local synchronous_commit = on

-- name: number_of
select number from traject.checkpoint where size = $1 and note = $2

-- name: checkpoints
select number, note from traject.checkpoint where number > $1 order by number limit $2

-- name: wait_alone
select pg_advisory_lock($1)

-- name: no_more_alone
select pg_advisory_unlock($1)
