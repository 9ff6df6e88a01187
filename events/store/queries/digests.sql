-- name: unscheduled
select o.notice, n.recorded_us
  from traject.outbox o
  join traject.notice n on n.notice = o.notice and n.tenant = $1
  join traject.mail_choice c on c.tenant = n.tenant and c.person = n.person
 where o.tenant = $1 and o.state = 'waiting' and o.next_at = '-infinity'
   and c.choice = 'daily' and n.kind <> all ($2::text[])

-- name: schedule
update traject.outbox o set next_at = w.at
  from unnest($2::bigint[], $3::timestamptz[]) as w (notice, at)
 where o.tenant = $1 and o.notice = w.notice and o.state = 'waiting' and o.next_at = '-infinity'

-- name: take
with one as (
    select c.person
      from traject.mail_choice c
     where c.tenant = $1 and c.choice = 'daily' and exists (
        select from traject.notice n join traject.outbox o on o.notice = n.notice
         where n.tenant = $1 and n.person = c.person and n.kind <> all ($4::text[])
           and o.state in ('waiting', 'sending') and o.next_at between $5 and $2
     )
     order by c.person
     limit 1
       for update skip locked
), taken as (
    update traject.outbox o
       set state = 'sending', attempts = o.attempts + 1, next_at = $3
      from traject.notice n, one
     where n.notice = o.notice and n.tenant = $1 and n.person = one.person
       and n.kind <> all ($4::text[])
       and o.tenant = $1 and o.state in ('waiting', 'sending') and o.next_at between $5 and $2
    returning o.notice, o.attempts
)
select t.attempts, n.notice, n.stream, n.kind, n.cause, n.version, n.command_id, n.recorded_us,
       s.process, n.person, p.name, p.email, p.language,
       array(select r.role from traject.person_role r
              where r.tenant = n.tenant and r.person = n.person order by r.role) as roles
  from taken t
  join traject.notice n on n.notice = t.notice and n.tenant = $1
  join traject.stream s on s.tenant = n.tenant and s.stream = n.stream
  left join traject.person p on p.tenant = n.tenant and p.person = n.person and p.active
 order by n.notice
