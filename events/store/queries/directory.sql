-- name: add
insert into traject.person (tenant, person, name, email, language)
values ($1, $2, $3, $4, $5)
on conflict (tenant, person) do update
   set name = excluded.name, email = excluded.email, language = excluded.language, active = true

-- name: hold
-- Until the end of the transaction nobody else changes what this person has.
select person from traject.person where tenant = $1 and person = $2 for no key update

-- name: set_active
update traject.person set active = $3 where tenant = $1 and person = $2 returning person

-- name: drop_roles
delete from traject.person_role where tenant = $1 and person = $2 and role <> all ($3::text[])

-- name: add_roles
insert into traject.person_role (tenant, person, role)
select $1, $2, role from unnest($3::text[]) as role
on conflict do nothing

-- name: by_ids
select p.person, p.name, p.email, p.language,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles
  from traject.person p
 where p.tenant = $1 and p.person = any ($2::uuid[]) and p.active

-- name: names
select person, name from traject.person where tenant = $1 and person = any ($2::uuid[])

-- name: all
select p.person, p.name, p.email, p.language,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles
  from traject.person p
 where p.tenant = $1 and p.active
 order by p.name, p.person

-- name: with_role
select p.person, p.name, p.email, p.language,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles
  from traject.person p
  join traject.person_role holds using (tenant, person)
 where p.tenant = $1 and holds.role = $2 and p.active
 order by p.name, p.person

-- name: by_token
select tenant, person, name, email, language, roles
  from traject.person_by_token($1) where person is not null

-- name: issue
insert into traject.api_token (token_hash, tenant, person) values ($1, $2, $3)

-- name: revoke
select traject.revoke_token($1)

-- name: revoke_all
update traject.api_token set revoked_at = now()
 where tenant = $1 and person = $2 and revoked_at is null
