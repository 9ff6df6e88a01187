-- name: log_refused
select traject.log_refused($1, $2, $3, $4, $5, $6, $7)

-- name: log_reading
select traject.log_reading($1, $2, $3, $4, $5, $6, $7)

-- name: refused
select at_us, person, stream, process, command, code
  from traject.refused
 where tenant = $1 and ($2::uuid is null or stream = $2)
 order by id

-- name: readings
select at_us, person, stream, process, what, as_of_us
  from traject.reading
 where tenant = $1 and ($2::uuid is null or stream = $2)
 order by id
