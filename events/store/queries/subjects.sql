-- name: next_board
select tenant from traject.begun_streams(null, $1, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 1)

-- name: ended
select stream, process from traject.stream
 where tenant = $1 and not open and version > 0 and erased_us is null and stream > $2
 order by stream
 limit $3

-- name: count_ended
select count(*) from traject.stream
 where tenant = $1 and not open and version > 0 and erased_us is null

-- name: entries
select p.person, p.name, p.email, p.language, p.active, p.added_at,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles
  from traject.person p
 where p.tenant = $1 and p.person = any ($2::uuid[])

-- name: tokens
select name, issued_at, last_used_at, ends_at, revoked_at from traject.api_token
 where tenant = $1 and person = $2
 order by issued_at

-- name: concerning
-- A header holds the id of a person as that of its actor and nowhere else.
select s.stream, s.process, s.erased_us is not null as erased
  from traject.stream s
 where s.tenant = $1 and s.version > 0
   and s.stream in (
        select p.stream from traject.party p where p.tenant = $1 and p.person = $2
         union
        select n.stream from traject.notice n where n.tenant = $1 and n.person = $2
         union
        select e.stream from traject.event e
         where e.tenant = $1 and position(convert_to($2::text, 'UTF8') in e.header) > 0)
 order by s.created_us, s.stream

-- name: all
select s.stream, s.process, s.erased_us is not null as erased
  from traject.stream s
 where s.tenant = $1 and s.version > 0
 order by s.created_us, s.stream

-- name: acted
select e.stream, s.process, e.command_id, e.command, e.header
  from traject.event e join traject.stream s using (tenant, stream)
 where e.tenant = $1 and position(convert_to($2::text, 'UTF8') in e.header) > 0
 order by e.recorded_us, e.stream, e.version

-- name: looked
select at_us, person, stream, process, what, as_of_us from traject.reading
 where tenant = $1 and person = $2
 order by at_us, id

-- name: tried
select at_us, person, stream, process, command, code from traject.refused
 where tenant = $1 and person = $2
 order by at_us, id

-- name: told
select n.stream, s.process, n.kind, n.recorded_us, e.header
  from traject.notice n
  join traject.stream s on s.tenant = n.tenant and s.stream = n.stream
  join traject.event e
    on e.tenant = n.tenant and e.stream = n.stream and e.version = n.version
 where n.tenant = $1 and n.person = $2
 order by n.notice
