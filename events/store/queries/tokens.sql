-- name: make
insert into traject.api_token (token_hash, tenant, person, name, ends_at)
values ($1, $2, $3, $4, $5)

-- name: of_board
select t.token, t.person, p.name as whose, t.name, t.issued_at, t.last_used_at, t.ends_at
  from traject.api_token t join traject.person p using (tenant, person)
 where t.tenant = $1 and ($2::uuid is null or t.person = $2)
   and t.revoked_at is null and (t.ends_at is null or t.ends_at > now()) and p.active
 order by p.name, t.issued_at desc, t.token

-- name: end
update traject.api_token set revoked_at = now()
 where tenant = $1 and token = $2 and ($3::uuid is null or person = $3) and revoked_at is null
