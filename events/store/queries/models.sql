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
