-- name: sweep
delete from traject.session
 where tenant = $1 and person = $2 and least(ends_at, ended_at) < now() - interval '30 days'

-- name: begin
insert into traject.session (token_hash, tenant, person, how, device, idle, ends_at)
values ($1, $2, $3, $4, $5, $6, now() + $7::interval)

-- name: by_session
select session, how, tenant, person, name, email, language, roles
  from traject.person_by_session($1, $2) where person is not null

-- name: of_person
select session, how, device, began_at, used_at, ends_at
  from traject.session
 where tenant = $1 and person = $2
   and ended_at is null and ends_at > now() and used_at + idle > now()
 order by used_at desc, session

-- name: kept
select device, how, began_at, used_at, ends_at, ended_at
  from traject.session
 where tenant = $1 and person = $2
 order by began_at, session

-- name: end
select traject.end_session($1)

-- name: end_one
update traject.session set ended_at = now()
 where tenant = $1 and person = $2 and session = $3 and ended_at is null

-- name: end_all
update traject.session set ended_at = now()
 where tenant = $1 and person = $2 and ended_at is null and ends_at > now()
