-- The words in braces come from the sorts of cases.py.

-- name: of_person
select s.stream, s.state, s.open, s.created_us, s.recorded_us, s.{column} as sorted_us
  from traject.stream s
 where s.tenant = $1 and s.process = $2 and s.version > 0
   and s.stream in (select p.stream from traject.party p where p.tenant = $1 and p.person = $8)
   and ($3::text is null or s.state = $3)
   and ($4::boolean is null or s.open = $4)
   and ($5::bigint is null or (s.{column}, s.stream) {beyond} ($5, $6::uuid))
 order by s.{column} {direction}, s.stream {direction}
 limit $7

-- name: of_board
select s.stream, s.state, s.open, s.created_us, s.recorded_us, s.{column} as sorted_us
  from traject.stream s
 where s.tenant = $1 and s.process = $2 and s.version > 0
   and ($3::text is null or s.state = $3)
   and ($4::boolean is null or s.open = $4)
   and ($5::bigint is null or (s.{column}, s.stream) {beyond} ($5, $6::uuid))
 order by s.{column} {direction}, s.stream {direction}
 limit $7
