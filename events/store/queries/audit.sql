-- name: begun_streams
select tenant, process, stream, erased from traject.begun_streams($1, $2, $3, $4)

-- name: boards_with
select board from traject.boards_with($1) as board

-- name: count_begun
select traject.count_begun_streams($1)

-- name: kept_since
select applied_at from traject.migration where name = '0011_commands.sql'

-- name: all_settings
select version, settings, saved_at from traject.settings where tenant = $1 order by version

-- name: horizon
-- How far the order of the store has come, by whole commands of this board; and the moment that
-- is looked at: now, or if there is more than has a place in that order, that of the last place.
with reached as (
    select p.position, p.stream, p.version from traject.position p
     where p.tenant = $1 order by p.position desc limit 1
), last as (
    select r.position, e.command_id, e.place, e.stored_at
      from reached r
      join traject.event e on e.tenant = $1 and e.stream = r.stream and e.version = r.version
)
select case when exists (
           select from traject.event e
            where e.tenant = $1 and e.command_id = last.command_id and e.place > last.place
       ) then last.position - last.place else last.position end as position,
       case when exists (
           select from traject.event e, traject.sequencer s
            where e.tenant = $1 and (e.xid, e.place) > (s.xid, s.place) and e.stored_at >= s.since
       ) then last.stored_at else clock_timestamp() end as looked_at
  from last

-- name: commands
select e.version, e.place, e.command_id, e.command, e.content_hash, e.warnings, e.given,
       e.stored_at, e.header, e.body, p.position
  from traject.event e
  left join traject.position p
    on p.tenant = e.tenant and p.stream = e.stream and p.version = e.version
 where e.tenant = $1 and e.stream = $2 and ($3::bigint is null or p.position <= $3)
 order by e.version

-- name: command_ids
select distinct command_id from traject.event where tenant = $1 and stream = $2

-- name: beside
select distinct o.stream
  from traject.event e
  join traject.event o on o.tenant = e.tenant and o.command_id = e.command_id
 where e.tenant = $1 and e.stream = $2 and o.stream <> e.stream
 union
select split_part(e.content_hash, '|', 2)::uuid
  from traject.event e
 where e.tenant = $1 and e.stream = $2 and e.content_hash like 'errand|%'

-- name: installation
select kind from traject.installation

-- name: now
select clock_timestamp()

-- name: reads
-- The words in braces come from search.py. The page first: its few rows then get their positions.
select r.*, l.position
  from (
    select r.id, r.at_us, r.person, r.stream, r.process, r.what, r.as_of_us
      from traject.reading r
     where r.tenant = $1 {filters}
     order by r.at_us desc, r.id desc
     limit $2
  ) r
  left join traject.logged l on l.log = 'reads' and l.id = r.id
 order by r.at_us desc, r.id desc

-- name: refusals
select r.*, l.position
  from (
    select r.id, r.at_us, r.person, r.stream, r.process, r.command, r.code
      from traject.refused r
     where r.tenant = $1 {filters}
     order by r.at_us desc, r.id desc
     limit $2
  ) r
  left join traject.logged l on l.log = 'refused' and l.id = r.id
 order by r.at_us desc, r.id desc

-- name: latest_checkpoint
select number, note, signed_at from traject.checkpoint order by number desc limit 1

-- name: event_by_id
select e.tenant, e.stream, e.version, e.event_id, e.command_id, e.place, e.stored_at,
       e.event_hash, e.command, e.content_hash, e.warnings, e.given, e.recorded_us, e.header,
       sha256(e.body) as body_sha256, before.event_hash as previous, s.process, p.position
  from traject.place_of_event($2) f
  join traject.event e on e.tenant = $1 and e.stream = f.stream and e.version = f.version
  join traject.stream s on s.tenant = e.tenant and s.stream = e.stream
  left join traject.event before
    on before.tenant = e.tenant and before.stream = e.stream and before.version = e.version - 1
  left join traject.position p
    on p.tenant = e.tenant and p.stream = e.stream and p.version = e.version
 where e.event_id = $2
