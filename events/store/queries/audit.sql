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
