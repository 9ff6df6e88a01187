-- name: by_updated_desc
select s.stream, s.state, s.open, s.created_us, s.recorded_us, s.recorded_us as sorted_us
  from traject.stream s
 where s.tenant = $1 and s.process = $2 and s.version > 0
   and ($3::uuid is null or exists (
        select from traject.party p
         where p.tenant = $1 and p.stream = s.stream and p.person = $3))
   and ($4::text is null or s.state = $4)
   and ($5::boolean is null or s.open = $5)
   and ($6::bigint is null or (s.recorded_us, s.stream) < ($6, $7::uuid))
 order by s.recorded_us desc, s.stream desc
 limit $8

-- name: by_updated
select s.stream, s.state, s.open, s.created_us, s.recorded_us, s.recorded_us as sorted_us
  from traject.stream s
 where s.tenant = $1 and s.process = $2 and s.version > 0
   and ($3::uuid is null or exists (
        select from traject.party p
         where p.tenant = $1 and p.stream = s.stream and p.person = $3))
   and ($4::text is null or s.state = $4)
   and ($5::boolean is null or s.open = $5)
   and ($6::bigint is null or (s.recorded_us, s.stream) > ($6, $7::uuid))
 order by s.recorded_us, s.stream
 limit $8

-- name: by_created_desc
select s.stream, s.state, s.open, s.created_us, s.recorded_us, s.created_us as sorted_us
  from traject.stream s
 where s.tenant = $1 and s.process = $2 and s.version > 0
   and ($3::uuid is null or exists (
        select from traject.party p
         where p.tenant = $1 and p.stream = s.stream and p.person = $3))
   and ($4::text is null or s.state = $4)
   and ($5::boolean is null or s.open = $5)
   and ($6::bigint is null or (s.created_us, s.stream) < ($6, $7::uuid))
 order by s.created_us desc, s.stream desc
 limit $8

-- name: by_created
select s.stream, s.state, s.open, s.created_us, s.recorded_us, s.created_us as sorted_us
  from traject.stream s
 where s.tenant = $1 and s.process = $2 and s.version > 0
   and ($3::uuid is null or exists (
        select from traject.party p
         where p.tenant = $1 and p.stream = s.stream and p.person = $3))
   and ($4::text is null or s.state = $4)
   and ($5::boolean is null or s.open = $5)
   and ($6::bigint is null or (s.created_us, s.stream) > ($6, $7::uuid))
 order by s.created_us, s.stream
 limit $8
