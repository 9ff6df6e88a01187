-- name: set
insert into traject.emergency (login, tenant, person, secret) values (lower($1), $2, $3, $4)
on conflict (tenant, person) do update
   set login = excluded.login, secret = excluded.secret, active = true, set_at = now()

-- name: by_login
select tenant, person, secret from traject.emergency_by_login($1) where person is not null

-- name: used
update traject.emergency set used_at = now() where tenant = $1 and person = $2

-- name: switch_off
update traject.emergency set active = false
 where tenant = $1 and ($2::uuid is null or person = $2) and active
returning person

-- name: all
select e.login, e.person, p.name, e.active, e.set_at, e.used_at
  from traject.emergency e join traject.person p using (tenant, person)
 where e.tenant = $1
 order by e.login

-- name: take
select traject.take_token($1, $2, $3)
