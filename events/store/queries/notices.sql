-- name: notices
select notice, stream, person, kind, cause, version, command_id, recorded_us
  from traject.notice
 where tenant = $1
   and ($2::uuid is null or person = $2)
   and ($3::uuid is null or stream = $3)
   and ($4::uuid is null or command_id = $4)
   and ($5::bigint is null or recorded_us >= $5)
 order by notice
