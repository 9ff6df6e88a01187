-- name: open
select distinct s.stream, s.process
  from traject.party p join traject.stream s using (tenant, stream)
 where p.tenant = $1 and p.person = $2 and s.open and s.version > 0
 order by s.stream
 limit $3
