-- The words in braces come from the sorts of cases.py.

-- name: of_person
select s.stream, s.version, s.state, s.open, s.created_us, s.recorded_us,
       s.{column} as sorted_us
  from traject.stream s
 where s.tenant = $1 and s.process = $2 and s.version > 0 and s.erased_us is null
   and s.stream in (select p.stream from traject.party p where p.tenant = $1 and p.person = $8)
   and ($3::text is null or s.state = $3)
   and ($4::boolean is null or s.open = $4)
   and ($9::uuid[] is null
        or s.stream in (select a.stream from traject.party a
                         where a.tenant = $1 and a.person = any ($9) and a.part = any ($10)))
   and ($5::bigint is null or (s.{column}, s.stream) {beyond} ($5, $6::uuid))
 order by s.{column} {direction}, s.stream {direction}
 limit $7

-- name: of_board
-- What is recorded of a teacher's own case may be secret: for that teacher it stands still.
select s.stream, s.version, s.state, s.open, t.created_us, t.recorded_us,
       t.{column} as sorted_us
  from traject.stream s
  left join traject.party own
    on own.tenant = $1 and own.stream = s.stream and own.part = 'teacher' and own.person = $8
 cross join lateral (
       select s.created_us,
              case when own.stream is null then s.recorded_us else s.created_us end as recorded_us
       ) t
 where s.tenant = $1 and s.process = $2 and s.version > 0 and s.erased_us is null
   and ($3::text is null or s.state = $3)
   and ($4::boolean is null or s.open = $4)
   and ($9::uuid[] is null
        or s.stream in (select a.stream from traject.party a
                         where a.tenant = $1 and a.person = any ($9) and a.part = any ($10)))
   and ($5::bigint is null or (t.{column}, s.stream) {beyond} ($5, $6::uuid))
 order by t.{column} {direction}, s.stream {direction}
 limit $7
