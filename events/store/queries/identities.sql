-- name: board_of_home
select traject.board_of_home($1)

-- name: rules
select rules from traject.sign_in where tenant = $1

-- name: save_rules
insert into traject.sign_in (tenant, rules) values ($1, $2)
on conflict (tenant) do update set rules = excluded.rules, saved_at = now()

-- name: drop_homes
delete from traject.sign_in_home where tenant = $1 and home <> all ($2::text[])

-- name: add_homes
insert into traject.sign_in_home (tenant, home)
select $1, home from unnest($2::text[]) as home
on conflict (home) do nothing

-- name: homes
select home from traject.sign_in_home where tenant = $1 order by home

-- name: by_identity
select p.person, p.name, p.email, p.language, p.active,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles
  from traject.identity i join traject.person p using (tenant, person)
 where i.tenant = $1 and i.issuer = $2 and i.subject = $3

-- name: by_email
select p.person, p.name, p.email, p.language,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles
  from traject.person p
 where p.tenant = $1 and lower(p.email) = lower($2) and p.active
   and not exists (select from traject.identity i
                    where i.tenant = p.tenant and i.person = p.person and i.issuer = $3)

-- name: accounts
select issuer, subject, linked_at from traject.identity
 where tenant = $1 and person = $2
 order by linked_at, issuer, subject

-- name: link
insert into traject.identity (tenant, issuer, subject, person) values ($1, $2, $3, $4)
on conflict (tenant, issuer, subject) do nothing

-- name: unlink
delete from traject.identity where tenant = $1 and person = $2

-- name: claimed
select role from traject.claimed_role where tenant = $1 and person = $2

-- name: drop_claimed
delete from traject.claimed_role where tenant = $1 and person = $2 and role <> all ($3::text[])

-- name: add_claimed
insert into traject.claimed_role (tenant, person, role)
select $1, $2, role from unnest($3::text[]) as role
on conflict do nothing
