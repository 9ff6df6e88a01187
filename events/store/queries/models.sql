-- What is live may be another build with every statement: each asks for it anew.

-- name: rows
select h.stream, h.version, h.day, h.settings, h.seats, c.shown, c.sought
  from unnest($3::uuid[]) as w (stream)
  join traject.projected h on h.tenant = $2 and h.stream = w.stream
  join traject.cases_v1 c on c.build = h.build and c.tenant = h.tenant and c.stream = h.stream
 where h.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.version = $1 and p.state = 'live')

-- name: tasks
-- Something may be told to two pairs of roles, and somebody may hold both.
select distinct on (h.stream, t.place)
       h.stream, h.version, h.day, h.settings, h.seats, t.task, t.due, t.overdue
  from unnest($3::uuid[]) as w (stream)
  join traject.projected h on h.tenant = $2 and h.stream = w.stream
  left join traject.tasks_v1 t
    on t.build = h.build and t.tenant = h.tenant and t.stream = h.stream
   and t.person is not distinct from (case when h.seats ? $4::text then $4::text::uuid end)
   and t.roles && $5::text[] and (t.also is null or t.also && $5::text[])
 where h.build = (select p.build from traject.projection p
                   where p.name = 'tasks' and p.version = $1 and p.state = 'live')
 order by h.stream, t.place

-- name: agenda
select distinct on (h.stream, t.place)
       h.stream, h.version, h.day, h.settings, h.seats, t.item
  from unnest($3::uuid[]) as w (stream)
  join traject.projected h on h.tenant = $2 and h.stream = w.stream
  left join traject.agenda_v1 t
    on t.build = h.build and t.tenant = h.tenant and t.stream = h.stream
   and t.person is not distinct from (case when h.seats ? $4::text then $4::text::uuid end)
   and t.roles && $5::text[] and (t.also is null or t.also && $5::text[])
 where h.build = (select p.build from traject.projection p
                   where p.name = 'agenda' and p.version = $1 and p.state = 'live')
 order by h.stream, t.place

-- name: position
select p.position from traject.projection p
 where p.name = $1 and p.version = $2 and p.state = 'live'

-- name: current
-- Whether all that this board has recorded by now is in the live rows; null where nothing is live.
-- Not "not exists": it would read the whole table where there is nothing.
select p.position >= s.position and (
           select true from traject.event e
            where e.tenant = $3 and (e.xid, e.place) > (s.xid, s.place) and e.stored_at >= s.since
            order by e.xid, e.place
            limit 1) is null
  from traject.projection p, traject.sequencer s
 where p.name = $1 and p.version = $2 and p.state = 'live'

-- name: running
select c.process, c.state, count(*) as cases,
       count(*) filter (where c.suspended) as suspended,
       count(*) filter (where c.stalled) as stalled,
       count(*) filter (where c.overdue > 0) as overdue_cases,
       coalesce(sum(c.overdue), 0) as overdue_steps,
       coalesce(sum(c.visits_held), 0) as visits_held,
       coalesce(sum(c.visits_agreed), 0) as visits_agreed,
       sum(c.hours) as hours, sum(c.amount) as amount,
       count(*) filter (where c.unsigned > 0) as unsigned_cases,
       coalesce(sum(c.unsigned), 0) as unsigned_signatures,
       count(*) filter (where c.without_deputy) as without_deputy
  from traject.cases_v1 c
 where c.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.version = $1 and p.state = 'live')
   and c.tenant = $2 and c.open and c.process = any ($3::text[])
   and not ($4::uuid = any (c.closed_to))
 group by c.process, c.state
 order by c.process, c.state

-- name: ended
-- School years begin on the first of August.
select c.process, c.school, c.outcome, y.year, count(*) as cases,
       coalesce(sum(c.visits_held), 0) as visits_held,
       coalesce(sum(c.visits_agreed), 0) as visits_agreed,
       coalesce(sum(c.goals_reached), 0) as goals_reached,
       coalesce(sum(c.goals), 0) as goals,
       sum(c.hours) as hours, sum(c.amount) as amount,
       sum(c.ended_us - c.created_us) / 86400000000.0 as days
  from traject.cases_v1 c
 cross join lateral (
       select extract(year from (to_timestamp(c.ended_us / 1000000) at time zone $5)
                                - interval '7 months')::integer as year) y
 where c.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.version = $1 and p.state = 'live')
   and c.tenant = $2 and c.ended_us is not null and c.process = any ($3::text[])
   and not ($4::uuid = any (c.closed_to))
 group by c.process, c.school, c.outcome, y.year
 order by y.year desc, c.process, c.school, c.outcome

-- name: attention
select c.process, c.stream, c.oldest_due, c.overdue > 0 as overdue, c.stalled,
       c.unsigned > 0 as unsigned, c.without_deputy
  from traject.cases_v1 c
 where c.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.version = $1 and p.state = 'live')
   and c.tenant = $2 and c.open and c.process = any ($3::text[])
   and not ($4::uuid = any (c.closed_to))
   and (c.overdue > 0 or c.stalled or c.unsigned > 0 or c.without_deputy)
 order by c.oldest_due nulls last, c.updated_us
 limit $5
