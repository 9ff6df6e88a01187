-- name: boards
select traject.boards_with_mail($1)

-- name: take
with due as (
    select o.notice
      from traject.outbox o
      join traject.notice n on n.notice = o.notice and n.tenant = $1
      left join traject.mail_choice c on c.tenant = n.tenant and c.person = n.person
     where o.tenant = $1 and o.state in ('waiting', 'sending') and o.next_at <= $2
       and (c.choice is distinct from 'daily' or n.kind = any($5::text[]))
     order by o.notice
     limit $4
       for update of o skip locked
), taken as (
    update traject.outbox o
       set state = 'sending', attempts = o.attempts + 1, next_at = $3
      from due
     where o.notice = due.notice
    returning o.notice, o.attempts
)
select t.attempts, n.notice, n.stream, n.kind, n.cause, n.version, n.command_id, n.recorded_us,
       s.process, n.person, p.name, p.email, p.language, c.choice,
       array(select r.role from traject.person_role r
              where r.tenant = n.tenant and r.person = n.person order by r.role) as roles
  from taken t
  join traject.notice n on n.notice = t.notice and n.tenant = $1
  join traject.stream s on s.tenant = n.tenant and s.stream = n.stream
  left join traject.person p on p.tenant = n.tenant and p.person = n.person and p.active
  left join traject.mail_choice c on c.tenant = n.tenant and c.person = n.person
 order by n.notice

-- name: since
-- What $2 were taken up for just now is not yet tried: the first time of those does not count.
select n.notice, not s.open as ended,
       array(select distinct b.kind
               from traject.notice b join traject.outbox o on o.notice = b.notice
              where b.tenant = n.tenant and b.stream = n.stream and b.person = n.person
                and b.notice < n.notice
                and o.attempts > (o.state = 'dropped' or o.notice = any($2::bigint[]))::int
       ) as tried,
       coalesce(l.types, '{}') as types, coalesce(l.own, '{}') as own
  from traject.notice n
  join traject.stream s on s.tenant = n.tenant and s.stream = n.stream
 cross join lateral (
    select array_agg(distinct h.header ->> 'type') as types,
           array_agg(distinct h.header ->> 'type')
               filter (where h.header -> 'actor' ->> 'person' = n.person::text) as own
      from traject.event e
     cross join lateral (select convert_from(e.header, 'UTF8')::jsonb as header) h
     where e.tenant = n.tenant and e.stream = n.stream and e.version > n.version
       and n.kind = any($3::text[])
  ) l
 where n.tenant = $1 and n.notice = any($2::bigint[])

-- name: kept
select n.notice, n.stream, n.kind, n.cause, n.version, n.command_id, n.recorded_us,
       s.process, n.person, p.name, p.email, p.language,
       array(select r.role from traject.person_role r
              where r.tenant = n.tenant and r.person = n.person order by r.role) as roles
  from traject.outbox o
  join traject.notice n on n.notice = o.notice and n.tenant = o.tenant
  join traject.stream s on s.tenant = n.tenant and s.stream = n.stream
  join traject.person p on p.tenant = n.tenant and p.person = n.person and p.active
 where o.tenant = $1 and o.state in ('waiting', 'sending', 'parked') and p.email is not null
 order by n.notice

-- name: settle
update traject.outbox
   set state = $3, problem = $4, next_at = coalesce($5, next_at),
       settled_at = case when $3 = 'waiting' then null else $6::timestamptz end
 where tenant = $1 and notice = any($2::bigint[])

-- name: counts
select state, count(*) from traject.outbox where tenant = $1 group by state
