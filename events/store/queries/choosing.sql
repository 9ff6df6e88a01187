-- name: fitting
-- So many of them only that it shows whether there are more; in no order, as that would read all.
select p.person, p.name, p.email, p.language,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles
  from traject.person p
 where p.tenant = $1 and p.active
   and ($2::text[] is null
        or exists (select from traject.person_role holds
                    where holds.tenant = p.tenant and holds.person = p.person
                      and holds.role = any ($2)))
 limit $3

-- name: holding
-- The same, by the role: of many people few may have it.
select p.person, p.name, p.email, p.language,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles
  from traject.person_role holds
  join traject.person p using (tenant, person)
 where p.tenant = $1 and holds.tenant = $1 and holds.role = $2 and p.active
 limit $3

-- name: called
-- By the beginning of each of the words, in names as they are kept without case and marks.
select p.person, p.name, p.email, p.sought = (select traject.sought($4)) as wholly
  from traject.person p
 where p.tenant = $1 and p.active
   and ($2::text[] is null
        or exists (select from traject.person_role holds
                    where holds.tenant = p.tenant and holds.person = p.person
                      and holds.role = any ($2)))
   and p.sought like all (array(
        select '%' || rtrim(traject.sought(word)) || '%' from unnest($3::text[]) as word))
 order by wholly desc, not starts_with(p.sought, (select rtrim(traject.sought($4)))), p.name, p.email,
          p.person
 limit $5

-- name: known_as
-- Of those whom a case is about. Whoever has left is looked for, too: cases stay.
select p.person from traject.person p
 where p.tenant = $1
   and exists (select from traject.party a
                where a.tenant = $1 and a.person = p.person and a.part = any ($4))
   and p.sought like all (array(
        select '%' || rtrim(traject.sought(word)) || '%' from unnest($2::text[]) as word))
 order by p.name, p.person
 limit $3

-- name: addressed
select p.person, p.name, p.email, true as wholly
  from traject.person p
 where p.tenant = $1 and p.active and lower(p.email) = lower($3)
   and ($2::text[] is null
        or exists (select from traject.person_role holds
                    where holds.tenant = p.tenant and holds.person = p.person
                      and holds.role = any ($2)))
 order by p.name, p.person
 limit $4
