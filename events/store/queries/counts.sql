-- The braces hold which cases count: a condition of `counting.py`, with the parameters $1 to $10.

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
 where {cases} and {open}
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
       select extract(year from (to_timestamp(c.ended_us / 1000000) at time zone $11)
                                - interval '7 months')::integer as year) y
 where {cases} and {ended}
 group by c.process, c.school, c.outcome, y.year
 order by y.year desc, c.process, c.school, c.outcome

-- name: attention
select c.process, c.stream, c.oldest_due, c.overdue > 0 as overdue, c.stalled,
       c.unsigned > 0 as unsigned, c.without_deputy
  from traject.cases_v1 c
 where {cases} and {open}
   and (c.overdue > 0 or c.stalled or c.unsigned > 0 or c.without_deputy)
 order by c.oldest_due nulls last, c.updated_us, c.stream
 limit $11

-- name: behind
-- The rows are looked at whole only where they are on the page.
select c.process, c.stream, c.state, c.created_us, c.ended_us, c.oldest_due, c.overdue, c.suspended,
       c.stalled, c.unsigned, c.without_deputy, c.school, c.visits_held, c.visits_agreed, c.goals,
       c.goals_reached, c.hours, c.amount, c.outcome, c.shown, w.total
  from (select c.stream, count(*) over () as total,
               row_number() over (order by c.oldest_due nulls last, c.created_us, c.stream) as nth
          from traject.cases_v1 c
         where {cases} and {figure}
         order by nth offset $11 limit $12) w
  join traject.cases_v1 c on c.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.version = $1 and p.state = 'live')
   and c.tenant = $2 and c.stream = w.stream
 order by w.nth

-- name: choices
select c.process, c.state, c.school
  from traject.cases_v1 c
 where c.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.version = $1 and p.state = 'live')
   and c.tenant = $2 and c.process = any ($3::text[]) and not ($4::uuid = any (c.closed_to))
 group by c.process, c.state, c.school
