-- name: lead
select pg_try_advisory_lock($1)

-- name: foreign
select exists (
    select from traject.sequencer s where s.xid >= pg_snapshot_xmax(pg_current_snapshot())
) or (
    -- Not "exists": it would read the whole table where there is none.
    select true from traject.event e
     where e.xid >= pg_snapshot_xmax(pg_current_snapshot())
       and e.stored_at >= (select s.since from traject.sequencer s)
     order by e.xid
     limit 1
) is not null

-- name: sequence
select given, last from traject.sequence($1)

-- name: read
select position, tenant, stream, version from traject.position
 where position > $1 order by position limit $2

-- name: rest
with fresh as (
    select e.tenant, e.stream, e.version,
           row_number() over (order by e.xid, e.place) as nth
      from traject.event e
     where not exists (
        select from traject.position p
         where p.tenant = e.tenant and p.stream = e.stream and p.version = e.version)
), written as (
    insert into traject.position (position, tenant, stream, version)
    select s.position + f.nth, f.tenant, f.stream, f.version from fresh f, traject.sequencer s
)
select count(*) from fresh

-- name: start_anew
update traject.sequencer
   set position = position + $1, xid = '0', place = 0, since = clock_timestamp()
