-- What waits and what is planned is read over all cases of a person. Rows count only where they
-- are of the version that the case has now; what is not as it is today is told by "stale".

-- name: tasks
with told as (
    select distinct on (t.stream, t.place) t.stream, t.place, t.person, t.task, t.due, t.overdue
      from traject.tasks_v1 t
     where t.build = (select p.build from traject.projection p
                       where p.name = 'tasks' and p.version = $1 and p.state = 'live')
       and t.tenant = $2 and (t.person = $3::uuid or (cardinality($5::text[]) > 0 and t.person is null))
       and t.roles && $4::text[] and (t.also is null or t.also && $4::text[])
     order by t.stream, t.place, t.person nulls last
), mine as (
    select r.*, s.process,
           count(*) over () as total,
           count(*) filter (where r.overdue) over () as late
      from told r
      join traject.stream s on s.tenant = $2 and s.stream = r.stream and s.erased_us is null
      join traject.projected h
        on h.tenant = $2 and h.stream = r.stream and h.version = s.version
       and h.build = (select p.build from traject.projection p
                       where p.name = 'tasks' and p.version = $1 and p.state = 'live')
     where (r.person is not null or (s.process = any ($5::text[]) and not h.seats ? $3::text))
       and r.stream <> all ($6::uuid[])
     order by r.overdue desc, r.due nulls last, r.stream, r.place
     limit $7
)
select m.process, m.stream, m.task, m.due, m.overdue, m.total, m.late, c.shown
  from mine m
  left join traject.cases_v1 c
    on c.tenant = $2 and c.stream = m.stream
   and c.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.version = $8 and p.state = 'live')
 order by m.overdue desc, m.due nulls last, m.stream, m.place

-- name: agenda
with told as (
    select distinct on (t.stream, t.place) t.stream, t.place, t.person, t.at, t.item
      from traject.agenda_v1 t
     where t.build = (select p.build from traject.projection p
                       where p.name = 'agenda' and p.version = $1 and p.state = 'live')
       and t.tenant = $2 and (t.person = $3::uuid or (cardinality($5::text[]) > 0 and t.person is null))
       and t.roles && $4::text[] and (t.also is null or t.also && $4::text[])
     order by t.stream, t.place, t.person nulls last
), mine as (
    select r.*, s.process, count(*) over () as total
      from told r
      join traject.stream s on s.tenant = $2 and s.stream = r.stream and s.erased_us is null
      join traject.projected h
        on h.tenant = $2 and h.stream = r.stream and h.version = s.version
       and h.build = (select p.build from traject.projection p
                       where p.name = 'agenda' and p.version = $1 and p.state = 'live')
     where (r.person is not null or (s.process = any ($5::text[]) and not h.seats ? $3::text))
       and r.stream <> all ($6::uuid[])
     order by r.at, r.stream, r.place
     limit $7
)
select m.process, m.stream, m.at, m.item, m.total, c.shown
  from mine m
  left join traject.cases_v1 c
    on c.tenant = $2 and c.stream = m.stream
   and c.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.version = $8 and p.state = 'live')
 order by m.at, m.stream, m.place

-- name: stale
-- Open cases of somebody whose rows are not of today, the last changed first. Most people have a
-- part in a few cases and see no others: those are found by the person, not among all.
with mine as (
    select o.stream from traject.stream o
     where o.tenant = $1 and o.process = any ($3::text[]) and o.open
     union
    select y.stream from traject.party y where y.tenant = $1 and y.person = $2
)
select s.stream, s.process
  from mine
  join traject.stream s on s.tenant = $1 and s.stream = mine.stream
  left join traject.projected h
    on h.tenant = $1 and h.stream = s.stream and h.version = s.version
   and (h.day is null or (h.day = $4 and h.settings = $5))
   and h.build = (select p.build from traject.projection p
                   where p.name = 'tasks' and p.version = $6 and p.state = 'live')
 where s.open and s.version > 0 and s.erased_us is null and h.stream is null
 order by s.recorded_us desc, s.stream
 limit $7

-- name: changed
select s.stream, s.process
  from traject.stream s
 where s.tenant = $1 and s.recorded_us > $4 and s.version > 0 and s.erased_us is null
   and (s.process = any ($3::text[]) or exists (
        select from traject.party y
         where y.tenant = $1 and y.stream = s.stream and y.person = $2))
 order by s.recorded_us desc, s.stream
 limit $5

-- name: looked
select looked_us from traject.desk_look where tenant = $1 and person = $2

-- name: look
insert into traject.desk_look (tenant, person, looked_us) values ($1, $2, $3)
on conflict (tenant, person) do update
   set looked_us = greatest(desk_look.looked_us, excluded.looked_us)

-- name: readable
-- By process in which somebody has a part: whether one of the cases may be read for certain, and
-- whether the rows do not say so of another one.
select s.process,
       bool_or(coalesce(h.seats -> $2::text ?| $3::text[], false)) as readable,
       bool_or(h.stream is null) as unknown
  from traject.party y
  join traject.stream s
    on s.tenant = y.tenant and s.stream = y.stream and s.version > 0 and s.erased_us is null
  left join traject.projected h
    on h.tenant = s.tenant and h.stream = s.stream and h.version = s.version
   and h.build = (select p.build from traject.projection p
                   where p.name = 'tasks' and p.version = $4 and p.state = 'live')
 where y.tenant = $1 and y.person = $2::uuid
 group by s.process

-- name: filters
select filter, name, query, preferred from traject.saved_filter
 where tenant = $1 and person = $2 order by name

-- name: save_filter
insert into traject.saved_filter (tenant, person, name, query, preferred)
values ($1, $2, $3, $4, $5)
on conflict (tenant, person, name) do update
   set query = excluded.query, preferred = excluded.preferred, saved_at = now()

-- name: unprefer
update traject.saved_filter set preferred = false where tenant = $1 and person = $2 and preferred

-- name: prefer
update traject.saved_filter set preferred = true where tenant = $1 and person = $2 and filter = $3

-- name: drop_filter
delete from traject.saved_filter where tenant = $1 and person = $2 and filter = $3

