-- name: standing
select s.version, s.open, s.erased_us is not null as erased, e.event_id
  from traject.stream s
  left join traject.event e
    on e.tenant = s.tenant and e.stream = s.stream and e.version = $3
 where s.tenant = $1 and s.stream = $2

-- name: count_open
select traject.count_open_streams($1)
