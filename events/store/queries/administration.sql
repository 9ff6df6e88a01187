-- name: log
select traject.log_administered($1, $2, $3, $4, $5, $6)

-- name: changes
-- The latest first; $2 the last one of the page before.
select a.id, a.at, a.person, a.what, a.subject, a.before, a.after
  from traject.administered a
 where a.tenant = $1
   and ($2::bigint is null or a.id < $2)
   and ($3::uuid is null or a.person = $3)
   and ($4::text is null or a.what = $4 or a.what like $4 || '.%')
   and ($5::text is null or a.subject = $5)
   and ($6::timestamptz is null or a.at >= $6)
   and ($7::timestamptz is null or a.at < $7)
 order by a.id desc
 limit $8

-- name: changes_of
-- By somebody, about them, or with their id in what stood or stands there.
select a.id, a.at, a.person, a.what, a.subject, a.before, a.after
  from traject.administered a
 where a.tenant = $1
   and (a.person = $2::uuid or a.subject = $2::uuid::text
        or position($2::uuid::text in concat(a.before, a.after)) > 0)
 order by a.id

-- name: people
select p.person, p.name, p.email, p.language, p.active, p.added_at,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles,
       (select min(a.first_day) from traject.absence a
         where a.tenant = p.tenant and a.person = p.person
           and (a.last_day is null or a.last_day >= $7)) as absent_from
  from traject.person p
 where p.tenant = $1
   and ($2::text is null or p.name ilike $2 or p.email ilike $2)
   and ($3::text is null or exists (
        select from traject.person_role h
         where h.tenant = p.tenant and h.person = p.person and h.role = $3))
   and ($4::boolean is null or p.active = $4)
 order by p.name, p.person
 limit $5 offset $6

-- name: person
select p.person, p.name, p.email, p.language, p.active, p.added_at,
       array(select r.role from traject.person_role r
              where r.tenant = p.tenant and r.person = p.person order by r.role) as roles,
       null::date as absent_from
  from traject.person p
 where p.tenant = $1 and p.person = $2

-- name: one_by_one
select pg_advisory_xact_lock(hashtextextended('traject people ' || $1::uuid, 0))

-- name: keep_person
insert into traject.person (tenant, person, name, email, language, active)
values ($1, $2, $3, $4, $5, $6)
on conflict (tenant, person) do update
   set name = excluded.name, email = excluded.email, language = excluded.language,
       active = excluded.active

-- name: with_mail
select person from traject.person where tenant = $1 and lower(email) = lower($2)

-- name: mail_of_others
-- $4: also of who left.
select true from traject.person
 where tenant = $1 and lower(email) = lower($2) and person <> $3 and (active or $4)
 limit 1

-- name: holders
select count(*) from traject.person_role r join traject.person p using (tenant, person)
 where r.tenant = $1 and r.role = $2 and p.active and r.person <> $3

-- name: versions
select version, settings, saved_at from traject.settings where tenant = $1
 order by version desc limit $2

-- name: version
select version, settings, saved_at from traject.settings where tenant = $1 and version = $2

-- name: save_settings
-- Only on top of the version that was looked at; nothing where somebody was first.
insert into traject.settings (tenant, version, settings)
select $1, $2 + 1, $3
 where $2 = (select coalesce(max(s.version), 1) from traject.settings s where s.tenant = $1)
on conflict do nothing
returning version

-- name: absences
select a.person, a.first_day, a.last_day, a.stands_in, p.name
  from traject.absence a join traject.person p using (tenant, person)
 where a.tenant = $1 and (a.last_day is null or a.last_day >= $2)
   and ($3::uuid is null or a.person = $3)
 order by a.first_day, p.name

-- name: absent
select a.person, a.first_day, a.last_day, a.stands_in, p.name
  from traject.absence a join traject.person p using (tenant, person)
 where a.tenant = $1 and a.person = any ($3::uuid[])
   and a.first_day <= $2 and (a.last_day is null or a.last_day >= $2)
 order by p.name, a.person

-- name: overlapping
select first_day from traject.absence
 where tenant = $1 and person = $2 and first_day <= coalesce($4, 'infinity'::date)
   and (last_day is null or last_day >= $3)

-- name: keep_absence
insert into traject.absence (tenant, person, first_day, last_day, stands_in)
values ($1, $2, $3, $4, $5)

-- name: drop_absence
delete from traject.absence where tenant = $1 and person = $2 and first_day = $3
returning last_day, stands_in

-- name: letters
select kind, language, subject, intro from traject.letter where tenant = $1

-- name: letter
select subject, intro from traject.letter where tenant = $1 and kind = $2 and language = $3

-- name: keep_letter
insert into traject.letter (tenant, kind, language, subject, intro) values ($1, $2, $3, $4, $5)
on conflict (tenant, kind, language) do update
   set subject = excluded.subject, intro = excluded.intro

-- name: drop_letter
delete from traject.letter where tenant = $1 and kind = $2 and language = $3

-- name: parts
-- Open cases in which somebody has a part by name.
select s.stream, s.process, s.state, p.part
  from traject.party p join traject.stream s using (tenant, stream)
 where p.tenant = $1 and p.person = $2 and s.open and s.version > 0 and s.erased_us is null
 order by s.process, s.created_us, s.stream, p.part

-- name: begin_passing
insert into traject.passing_on (tenant, id, of_person, to_person, reason, begun_by)
values ($1, $2, $3, $4, $5, $6)
on conflict do nothing

-- name: add_passed
insert into traject.passed_on (tenant, id, stream, part, process)
select $1, $2, stream, part, process
  from unnest($3::uuid[], $4::text[], $5::text[]) as given (stream, part, process)
on conflict do nothing

-- name: passing
select id, of_person, to_person, reason, begun_by, begun_at from traject.passing_on
 where tenant = $1 and id = $2

-- name: passings
select h.id, h.of_person, h.to_person, h.reason, h.begun_by, h.begun_at,
       count(*) filter (where i.outcome = 'done') as done,
       count(*) filter (where i.outcome = 'refused') as refused,
       count(*) filter (where i.outcome is null) as left
  from traject.passing_on h join traject.passed_on i using (tenant, id)
 where h.tenant = $1
 group by h.tenant, h.id
 order by h.begun_at desc
 limit $2

-- name: passed
select stream, part, process, outcome, code, tried_at from traject.passed_on
 where tenant = $1 and id = $2
 order by process, stream, part

-- name: settle_passed
update traject.passed_on set outcome = $5, code = $6, tried_at = now()
 where tenant = $1 and id = $2 and stream = $3 and part = $4

-- name: models
-- What of this board is not in them yet: how much, and since when.
select p.name, w.behind, w.since,
       (select count(*) from traject.parked k where k.build = p.build and k.tenant = $1) as parked
  from traject.projection p
 cross join lateral (
       select count(*) as behind, min(e.stored_at) as since
         from (select q.tenant, q.stream, q.version from traject.position q
                where q.tenant = $1 and q.position > p.position
                order by q.position
                limit 1000) as q
         join traject.event e using (tenant, stream, version)) as w
 where p.state = 'live'
 order by p.name

-- name: unnumbered
-- What was recorded and has no place in the order yet: how much, and since when.
select count(*) as events, min(stored_at) as since
  from (select e.stored_at from traject.event e, traject.sequencer s
         where e.tenant = $1 and (e.xid, e.place) > (s.xid, s.place) and e.stored_at >= s.since
         order by e.xid, e.place
         limit 1000) as waiting

-- name: sequenced
select position from traject.sequencer

-- name: late
select count(*) filter (where c.overdue > 0) as cases, coalesce(sum(c.overdue), 0) as steps,
       min(c.oldest_due) as oldest, count(*) filter (where c.stalled) as stalled
  from traject.cases_v1 c
 where c.tenant = $1 and c.open
   and c.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.state = 'live' order by p.version desc limit 1)

-- name: parked
select k.stream, s.process, k.error, k.attempts, k.parked_at, k.tried_at, p.name
  from traject.parked k
  join traject.projection p on p.build = k.build and p.state = 'live'
  join traject.stream s on s.tenant = k.tenant and s.stream = k.stream
 where k.tenant = $1
 order by k.parked_at
 limit $2

-- name: mail
select o.state, count(*) as count, min(n.recorded_us) as oldest_us
  from traject.outbox o join traject.notice n on n.notice = o.notice and n.tenant = o.tenant
 where o.tenant = $1
 group by o.state

-- name: ask_retry
insert into traject.retry_asked (tenant, person) values ($1, $2) on conflict do nothing

-- name: retries
select tenant, asked_at from traject.retry_asked

-- name: retried
-- Not what was asked since.
delete from traject.retry_asked r
 using unnest($1::uuid[], $2::timestamptz[]) as t (tenant, asked_at)
 where r.tenant = t.tenant and r.asked_at = t.asked_at

-- name: retry_asked
select asked_at from traject.retry_asked where tenant = $1
