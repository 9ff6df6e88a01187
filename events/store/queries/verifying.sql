-- What the verifier reads of a whole database; never more at once than a stretch of a log.

-- name: events
select p.position, uuid_send(p.tenant) as tenant, uuid_send(p.stream) as stream, p.version,
       uuid_send(e.event_id) as event_id, uuid_send(e.command_id) as command_id, e.place,
       e.recorded_us, (extract(epoch from e.stored_at) * 1000000)::bigint as stored_us,
       e.event_hash, e.command, e.content_hash, e.warnings, e.header, e.body, e.given
  from traject.position p
  left join traject.event e
    on e.tenant = p.tenant and e.stream = p.stream and e.version = p.version
 where p.position > $1 and p.position <= $2
 order by p.position

-- name: before
-- The events that come before those that a stretch begins with, in their streams.
select uuid_send(e.tenant) as tenant, uuid_send(e.stream) as stream, e.version, e.event_hash,
       p.position
  from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as w (tenant, stream, version)
  join traject.event e
    on e.tenant = w.tenant and e.stream = w.stream and e.version = w.version
  left join traject.position p
    on p.tenant = w.tenant and p.stream = w.stream and p.version = w.version

-- name: reads
select l.position, r.id, r.tenant::text, r.at_us,
       (extract(epoch from r.logged_at) * 1000000)::bigint as logged_us,
       r.person::text, r.stream::text, r.process, r.what, r.as_of_us
  from traject.logged l left join traject.reading r on r.id = l.id
 where l.log = 'reads' and l.position > $1 and l.position <= $2
 order by l.position

-- name: refused
select l.position, r.id, r.tenant::text, r.at_us,
       (extract(epoch from r.logged_at) * 1000000)::bigint as logged_us,
       r.person::text, r.stream::text, r.process, r.command, r.code
  from traject.logged l left join traject.refused r on r.id = l.id
 where l.log = 'refused' and l.position > $1 and l.position <= $2
 order by l.position

-- name: tiles
select index, hashes from traject.tile
 where log = $1 and level = $2 and index >= $3 and index < $4

-- name: trees
select log, size, edge from traject.tree

-- name: checkpoints
select number, size, note from traject.checkpoint where number > $1 order by number limit $2

-- name: scopes
-- What each log holds, and what whoever gives positions believes to have given.
select 'events' as log, (select coalesce(max(position), 0) from traject.position) as last,
       (select coalesce(max(position), 0) from traject.sequencer) as given
union all
select n.log,
       (select coalesce(max(l.position), 0) from traject.logged l where l.log = n.log), n.position
  from traject.numbering n

-- name: heads
-- Heads that are not of their stream's last event; and from where on they are not.
select s.tenant, s.stream, s.version, coalesce(e.version, 0) as last, p.position
  from traject.stream s
  left join lateral (
       select e.version, e.event_hash from traject.event e
        where e.tenant = s.tenant and e.stream = s.stream order by e.version desc limit 1
       ) e on true
  left join traject.position p
    on p.tenant = s.tenant and p.stream = s.stream
   and p.version = case when s.version = e.version then e.version
                        else 1 + least(s.version, coalesce(e.version, 0)) end
 where (s.version, s.hash)
       is distinct from
       (coalesce(e.version, 0), coalesce(e.event_hash, decode(repeat('00', 32), 'hex')))
 limit $1

-- name: headless
-- Which of these streams have no head, and where they begin.
select w.tenant, w.stream, min(p.position) as position
  from unnest($1::uuid[], $2::uuid[]) as w (tenant, stream)
  left join traject.position p on p.tenant = w.tenant and p.stream = w.stream
 where not exists (
       select from traject.stream s where s.tenant = w.tenant and s.stream = w.stream)
 group by w.tenant, w.stream

-- name: beside
-- How many events have no position, and how many of these are yet to get one: on most days this
-- says at once that none was passed over.
select (select count(*) from traject.event) - (select count(*) from traject.position) as without,
       (select count(*) from traject.event e, traject.sequencer s
         where (e.xid, e.place) > (s.xid, s.place) and e.stored_at >= s.since) as waiting

-- name: waiting_events
-- Events that are yet to get a position.
select uuid_send(e.tenant) as tenant, uuid_send(e.stream) as stream, e.version,
       uuid_send(e.event_id) as event_id, uuid_send(e.command_id) as command_id, e.recorded_us,
       e.event_hash, e.header, e.body,
       coalesce(b.event_hash, decode(repeat('00', 32), 'hex')) as previous
  from traject.sequencer s
  join traject.event e on (e.xid, e.place) > (s.xid, s.place) and e.stored_at >= s.since
  left join traject.event b
    on b.tenant = e.tenant and b.stream = e.stream and b.version = e.version - 1
 order by e.xid, e.place
 limit $1

-- name: passed_over_events
-- Events that got no position and never will: they were put in behind the sequencer.
select e.tenant, e.stream, e.version
  from traject.event e cross join traject.sequencer s
 where ((e.xid, e.place) <= (s.xid, s.place) or e.stored_at < s.since)
   and not exists (
       select from traject.position p
        where p.tenant = e.tenant and p.stream = e.stream and p.version = e.version)
 order by e.tenant, e.stream, e.version
 limit $1

-- name: passed_over_reads
select r.id from traject.reading r join traject.numbering n on n.log = 'reads'
 where not exists (select from traject.logged l where l.log = 'reads' and l.id = r.id)
   and ((r.xid, r.id) <= (n.xid, n.id) or r.logged_at < n.since)
 order by r.id limit $1

-- name: passed_over_refused
select r.id from traject.refused r join traject.numbering n on n.log = 'refused'
 where not exists (select from traject.logged l where l.log = 'refused' and l.id = r.id)
   and ((r.xid, r.id) <= (n.xid, n.id) or r.logged_at < n.since)
 order by r.id limit $1

-- name: counts
select (select count(*) from traject.stream where version > 0) as streams,
       (select count(*) from traject.stream where erased_us is not null) as erased
