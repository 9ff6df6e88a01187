-- name: open
-- A head that this very statement makes is out of its sight, and no erasure of it can have begun.
select o.process, false as begun, o.master, o.wrapped,
       exists (select from traject.stream s
                where s.tenant = $1 and s.stream = $2 and s.erased_us is not null) as erasing
  from traject.open_dossier($1, $2, $3, $4, $5) o

-- name: dossier
select s.process, s.version > 0 as begun, k.master, k.wrapped, s.erased_us is not null as erasing
  from traject.stream s join traject.dossier_key k using (tenant, stream)
 where s.tenant = $1 and s.stream = $2

-- name: sweep
select traject.sweep_empty($1)

-- name: open_streams
select tenant, process, stream, version from traject.open_streams($1, $2, $3)

-- name: head
select version, hash from traject.stream where tenant = $1 and stream = $2

-- name: streams_of
select s.stream from traject.stream s
 where s.tenant = $1 and s.process = $2 and s.open and s.version > 0
   and exists (select from traject.party p
                where p.tenant = s.tenant and p.stream = s.stream
                  and p.person = $3 and p.part = any ($4::text[]))
 order by s.stream

-- name: streams_among
select stream, process from traject.stream
 where tenant = $1 and stream = any ($2::uuid[]) and version > 0

-- name: streams_that_took
-- The pattern is what its index asks for.
select distinct e.stream from traject.event e
 where e.tenant = $1 and e.content_hash = $2 and e.content_hash like 'errand|%'

-- name: processes_of
select distinct s.process
  from traject.party p join traject.stream s on s.tenant = p.tenant and s.stream = p.stream
 where p.tenant = $1 and p.person = $2
