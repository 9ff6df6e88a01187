-- The words in braces come from the columns of a projection.

-- name: builds
select build, name, version, state, position, fence, live_at from traject.projection order by build

-- name: head
select position from traject.sequencer

-- name: status
select p.build, p.name, p.version, p.state, p.position, s.position as head, p.advanced_at,
       (select count(*) from traject.parked k where k.build = p.build) as parked,
       coalesce(extract(epoch from clock_timestamp() - (
           select e.stored_at
             from traject.position q
             join traject.event e
               on e.tenant = q.tenant and e.stream = q.stream and e.version = q.version
            where q.position = p.position + 1)), 0)::float8 as seconds
  from traject.projection p, traject.sequencer s
 order by p.name, p.version, p.build

-- name: begin
insert into traject.projection (name, version) values ($1, $2) returning build

-- name: lead
select pg_try_advisory_lock($1, $2)

-- name: leave
select pg_advisory_unlock($1, $2)

-- name: calm
-- Erasing waits for this, and what is written after an erasure knows of it.
select pg_advisory_xact_lock_shared(hashtextextended('traject projections', 0))

-- name: advance
update traject.projection
   set position = $4, fence = fence + 1, advanced_at = now()
 where build = $1 and position = $2 and fence = $3 and state <> 'old'
returning fence

-- name: hold
-- All of the same names, also those that another one is about to let be read this very moment.
select build, name, version, state, position from traject.projection
 where (name, version) in
       (select name, version from traject.projection where build = any ($1::integer[]))
 order by build for update

-- name: retire
update traject.projection set state = 'old', fence = fence + 1
 where name = $1 and version = $2 and state = 'live'

-- name: show
update traject.projection set state = 'live', live_at = now(), fence = fence + 1 where build = $1

-- name: drop
delete from traject.projection where build = $1

-- name: sweep
delete from traject.{table}
 where ctid = any (array(select ctid from traject.{table} where build = $1 limit $2))

-- name: positions
select position, tenant, stream, version from traject.position
 where position > $1 and position <= $2 order by position limit $3

-- name: heads
select w.nth, s.process, s.created_us, s.erased_us is not null or k.wrapped is null as erased,
       k.master, k.wrapped
  from unnest($1::uuid[], $2::uuid[]) with ordinality as w (tenant, stream, nth)
  join traject.stream s on s.tenant = w.tenant and s.stream = w.stream
  join traject.dossier_key k on k.tenant = w.tenant and k.stream = w.stream

-- name: events
select w.nth, e.header, e.body
  from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[])
       with ordinality as w (tenant, stream, after, upto, nth)
  join traject.event e
    on e.tenant = w.tenant and e.stream = w.stream and e.version > w.after and e.version <= w.upto
 order by w.nth, e.version

-- name: settings_versions
select w.tenant,
       coalesce((select max(s.version) from traject.settings s where s.tenant = w.tenant), 1)
       as version
  from unnest($1::uuid[]) as w (tenant)

-- name: settings
select settings from traject.settings where tenant = $1 and version = $2

-- name: erased
select s.tenant, s.stream
  from unnest($1::uuid[], $2::uuid[]) as w (tenant, stream)
  join traject.stream s on s.tenant = w.tenant and s.stream = w.stream
 where s.erased_us is not null

-- name: forget
delete from traject.{table} t
 using unnest($2::uuid[], $3::uuid[]) as w (tenant, stream)
 where t.build = $1 and t.tenant = w.tenant and t.stream = w.stream

-- name: keep
insert into traject.{table} (build, tenant, stream, {columns})
select $1, w.tenant, w.stream, {values}
  from unnest($2::uuid[], $3::uuid[], {arrays}) as w (tenant, stream, {columns})

-- name: park
insert into traject.parked (build, tenant, stream, version, error)
select $1, w.tenant, w.stream, w.version, w.error
  from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[])
       as w (tenant, stream, version, error)
    on conflict (build, tenant, stream) do update
   set version = excluded.version, error = excluded.error, attempts = parked.attempts + 1,
       tried_at = now()

-- name: parked
select k.build, k.tenant, k.stream
  from unnest($2::uuid[], $3::uuid[]) as w (tenant, stream)
  join traject.parked k
    on k.build = any ($1::integer[]) and k.tenant = w.tenant and k.stream = w.stream

-- name: all_parked
select p.build, p.name, p.version, k.tenant, k.stream, k.version as event, k.error, k.attempts,
       k.parked_at, k.tried_at, s.process, q.position
  from traject.parked k
  join traject.projection p using (build)
  join traject.stream s on s.tenant = k.tenant and s.stream = k.stream
  left join traject.position q
    on q.tenant = k.tenant and q.stream = k.stream and q.version = k.version
 where p.name = any ($1::text[]) and p.state <> 'old'
 order by p.name, p.build, q.position

-- name: upto
select w.nth, (
    select q.version from traject.position q
     where q.tenant = w.tenant and q.stream = w.stream and q.position <= $3
     order by q.version desc limit 1) as version
  from unnest($1::uuid[], $2::uuid[]) with ordinality as w (tenant, stream, nth)

-- name: boards_of
select distinct tenant from traject.projected where build = $1 and day is not null

-- name: outdated
select stream, version from traject.projected
 where build = $1 and tenant = $2 and day is not null and (day <> $3 or settings <> $4)
 limit $5

-- name: weigh
select traject.weigh_read_models()

-- name: chunk_ends
select tenant, stream
  from (select tenant, stream, row_number() over (order by tenant, stream) as nth
          from traject.stream where version > 0) s
 where nth % $1 = 0
 order by tenant, stream

-- name: chunk
select tenant, stream from traject.stream
 where version > 0 and (tenant, stream) > ($1::uuid, $2::uuid)
   and (tenant, stream) <= ($3::uuid, $4::uuid)
 order by tenant, stream
