-- What an export reads, of any board; which entries it takes is settled before any of them is read.

-- name: history
-- The last checkpoint of each day before one, and those that announced a key.
select number, note
  from (
       select c.number, c.note,
              row_number() over (
                  partition by (c.signed_at at time zone 'UTC')::date order by c.number desc
              ) as nth
         from traject.checkpoint c where c.number < $1
       ) c
 where nth = 1 or note like E'%\nnext %'
 order by number

-- name: checkpoint
select note from traject.checkpoint where number = $1

-- name: streams_called
select tenant, stream from traject.stream where stream = $1 and version > 0

-- name: streams_of_person
-- Headers are searched as they are stored; of ids of people they hold that of the actor only.
select tenant, stream from traject.party where person = $1
 union
select tenant, stream from traject.event where position($2::bytea in header) > 0

-- name: event_called
select p.position, p.tenant, p.stream
  from traject.event e
  join traject.position p
    on p.tenant = e.tenant and p.stream = e.stream and p.version = e.version
 where e.event_id = $1

-- name: events_of_streams
select p.position from traject.position p
  join unnest($1::uuid[], $2::uuid[]) as w (tenant, stream)
    on p.tenant = w.tenant and p.stream = w.stream
 where p.position <= $3
 order by p.position

-- name: events_of_board
select p.position from traject.position p
 where p.tenant = $1 and p.position between $2 and $3 order by p.position

-- name: events_of_period
-- From the first to the last: what stands between them comes along, so that none can be left out.
select min(p.position) as first, max(p.position) as last
  from traject.event e
  join traject.position p
    on p.tenant = e.tenant and p.stream = e.stream and p.version = e.version
 where e.recorded_us >= $1 and e.recorded_us < $2 and ($3::uuid is null or e.tenant = $3)
   and p.position <= $4

-- name: reads_of_streams
select l.position from traject.logged l join traject.reading r on r.id = l.id
 where l.log = 'reads' and (r.stream = any ($1::uuid[]) or r.person = $2) and l.position <= $3
 order by l.position

-- name: refused_of_streams
select l.position from traject.logged l join traject.refused r on r.id = l.id
 where l.log = 'refused' and (r.stream = any ($1::uuid[]) or r.person = $2) and l.position <= $3
 order by l.position

-- name: reads_of_board
select l.position from traject.logged l join traject.reading r on r.id = l.id
 where l.log = 'reads' and r.tenant = $1 and l.position between $2 and $3 order by l.position

-- name: refused_of_board
select l.position from traject.logged l join traject.refused r on r.id = l.id
 where l.log = 'refused' and r.tenant = $1 and l.position between $2 and $3 order by l.position

-- name: reads_of_period
select min(l.position) as first, max(l.position) as last
  from traject.logged l join traject.reading r on r.id = l.id
 where l.log = 'reads' and r.at_us >= $1 and r.at_us < $2 and ($3::uuid is null or r.tenant = $3)
   and l.position <= $4

-- name: refused_of_period
select min(l.position) as first, max(l.position) as last
  from traject.logged l join traject.refused r on r.id = l.id
 where l.log = 'refused' and r.at_us >= $1 and r.at_us < $2 and ($3::uuid is null or r.tenant = $3)
   and l.position <= $4

-- name: events
select p.position, p.tenant::text, p.stream::text, s.process, p.version, e.event_id::text,
       e.command_id::text, e.place, e.recorded_us,
       (extract(epoch from e.stored_at) * 1000000)::bigint as stored_us,
       e.header, e.body, e.command, e.content_hash, e.warnings, e.given, e.event_hash,
       b.event_hash as previous
  from traject.position p
  join traject.event e
    on e.tenant = p.tenant and e.stream = p.stream and e.version = p.version
  left join traject.stream s on s.tenant = p.tenant and s.stream = p.stream
  left join traject.event b
    on b.tenant = p.tenant and b.stream = p.stream and b.version = p.version - 1
 where p.position = any ($1::bigint[])
 order by p.position

-- name: reads
select l.position, r.tenant::text, r.at_us,
       (extract(epoch from r.logged_at) * 1000000)::bigint as logged_us,
       r.person::text, r.stream::text, r.process, r.what, r.as_of_us
  from traject.logged l join traject.reading r on r.id = l.id
 where l.log = 'reads' and l.position = any ($1::bigint[])
 order by l.position

-- name: refused
select l.position, r.tenant::text, r.at_us,
       (extract(epoch from r.logged_at) * 1000000)::bigint as logged_us,
       r.person::text, r.stream::text, r.process, r.command, r.code
  from traject.logged l join traject.refused r on r.id = l.id
 where l.log = 'refused' and l.position = any ($1::bigint[])
 order by l.position

-- name: streams_in
select distinct p.tenant, p.stream
  from unnest($1::bigint[], $2::bigint[]) as w (start, stop)
  join traject.position p on p.position > w.start and p.position <= w.stop
 order by p.tenant, p.stream

-- name: names
-- Of texts that may be ids or not.
select person::text, name from traject.person where person::text = any ($1::text[])
