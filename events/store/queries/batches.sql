-- name: dossiers
select s.stream, s.process, s.version > 0 as begun, k.master, k.wrapped,
       s.erased_us is not null as erasing
  from unnest($2::uuid[]) as w (stream)
  join traject.stream s on s.tenant = $1 and s.stream = w.stream
  join traject.dossier_key k on k.tenant = $1 and k.stream = w.stream

-- name: events
select e.stream, e.header, e.body
  from unnest($2::uuid[], $3::bigint[]) as w (stream, after)
  join traject.event e on e.tenant = $1 and e.stream = w.stream and e.version > w.after
 order by e.stream, e.version
