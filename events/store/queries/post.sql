-- name: choice
select choice from traject.mail_choice where tenant = $1 and person = $2

-- name: choose
insert into traject.mail_choice (tenant, person, choice) values ($1, $2, $3)
on conflict (tenant, person) do update set choice = excluded.choice, chosen_at = now()

-- name: at_once
update traject.outbox o set next_at = '-infinity'
  from traject.notice n
 where n.notice = o.notice and n.tenant = $1 and n.person = $2
   and o.tenant = $1 and o.state = 'waiting' and o.attempts = 0

-- name: feed
select made_at, used_at from traject.feed where tenant = $1 and person = $2

-- name: make_feed
insert into traject.feed (tenant, person, code_hash) values ($1, $2, $3)
on conflict (tenant, person) do update
   set code_hash = excluded.code_hash, made_at = now(), used_at = null

-- name: drop_feed
delete from traject.feed where tenant = $1 and person = $2

-- name: by_feed
select * from traject.person_by_feed($1)

-- name: troubles
-- First what somebody has to try again; last who has no address, until there is one.
select o.notice, o.state, o.problem, o.attempts, o.settled_at, n.kind, n.stream, n.person,
       s.process, p.name, p.email
  from traject.outbox o
  join traject.notice n on n.notice = o.notice and n.tenant = o.tenant
  join traject.stream s on s.tenant = n.tenant and s.stream = n.stream
  left join traject.person p on p.tenant = n.tenant and p.person = n.person
 where o.tenant = $1
   and (o.state = 'parked' or (o.state = 'waiting' and o.problem is not null)
        or (o.state = 'dropped' and o.problem = 'person.no_address'
            and p.active and p.email is null))
 order by array_position(array['parked', 'waiting'], o.state), o.notice desc
 limit $2

-- name: send_again
update traject.outbox set state = 'waiting', attempts = 0, next_at = '-infinity', problem = null
 where tenant = $1 and notice = $2 and state = 'parked'
