-- name: pages
-- So many dossiers at a time, of all boards or of one, or of one dossier.
with numbered as (
    select s.tenant, s.stream, s.version,
           (row_number() over (partition by s.tenant order by s.stream) - 1) / $3 as page
      from traject.stream s
     where s.version > 0
       and ($1::uuid is null or s.tenant = $1)
       and ($2::uuid is null or s.stream = $2)
)
select tenant::text,
       (array_agg(stream order by stream))[1] as first,
       (array_agg(stream order by stream desc))[1] as last,
       count(*) as dossiers, sum(version)::bigint as events
  from numbered
 group by tenant, page
 order by tenant, page

-- name: dossiers
select s.stream::text, s.process, s.erased_us is not null or k.wrapped is null as erased,
       k.master, k.wrapped, e.headers, e.bodies
  from traject.stream s
  join traject.dossier_key k on k.tenant = s.tenant and k.stream = s.stream
 cross join lateral (
    select array_agg(e.header order by e.version) as headers,
           array_agg(e.body order by e.version) as bodies
      from traject.event e
     where e.tenant = s.tenant and e.stream = s.stream and e.recorded_us <= $4
 ) e
 where s.tenant = $1 and s.stream between $2 and $3 and s.version > 0 and e.headers is not null
 order by s.stream

-- name: settings
select version, settings from traject.settings where tenant = $1 order by version desc limit 1
