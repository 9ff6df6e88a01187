-- What auditors look for in the whole of their board. The words in braces come from seeking.py.

-- name: cases
select s.stream, s.process, s.version, s.state, s.open, s.created_us, s.recorded_us, s.erased_us
  from traject.stream s
 where s.tenant = $1 and s.version > 0 {filters}
 order by s.recorded_us desc, s.stream desc
 limit $2

-- name: states
select distinct process, state from traject.stream
 where tenant = $1 and version > 0 and state is not null
 order by process, state

-- name: people
-- Also who left: what they did stays.
select p.person, p.name, p.active,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles,
       (select count(distinct a.stream) from traject.party a
         where a.tenant = p.tenant and a.person = p.person
           and not exists (select from traject.party own
                            where own.tenant = a.tenant and own.stream = a.stream
                              and own.person = $4 and own.part = any ($5::text[]))) as cases
  from traject.person p
 where p.tenant = $1 and ($3::text is null or p.name ilike $3)
   and ($6::text is null or (p.name, p.person) > ($6, $7::uuid))
 order by p.name, p.person
 limit $2

-- name: commands
-- The newest first, through one stretch of the log at a time: nothing is sorted by who or what.
select p.position, p.stream, s.process, e.event_id, e.version, e.recorded_us, e.header, e.warnings
  from traject.position p
  join traject.event e
    on e.tenant = p.tenant and e.stream = p.stream and e.version = p.version
  join traject.stream s on s.tenant = p.tenant and s.stream = p.stream
 where p.tenant = $1 and p.position > $2 and p.position <= $3 and e.command is not null {filters}
 order by p.position desc
 limit $4

-- name: last_position
select position from traject.sequencer

-- name: reads_by_day
select (to_timestamp(r.at_us / 1000000.0) at time zone $4)::date as day, count(*) as count
  from traject.reading r
 where r.tenant = $1 and r.at_us >= $2 and r.at_us < $3
 group by 1

-- name: refusals_by_day
select (to_timestamp(r.at_us / 1000000.0) at time zone $4)::date as day, count(*) as count
  from traject.refused r
 where r.tenant = $1 and r.at_us >= $2 and r.at_us < $3 {filters}
 group by 1

-- name: headers
select version, event_id, header from traject.event
 where tenant = $1 and stream = $2 order by version

-- name: about
select stream from traject.party
 where tenant = $1 and person = $2 and part = any ($3::text[])

-- name: plan_for_these
set local plan_cache_mode = force_custom_plan
