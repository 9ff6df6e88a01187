-- name: log_refused
select traject.log_refused($1, $2, $3, $4, $5, $6, $7)

-- name: log_reading
-- An open window can only ask by itself where somebody opened it within the week; else it is a look.
select traject.log_reading(
       $1, $2, $3, $4, $5,
       case when $6::text = 'refresh'
                 and not exists (
                     select from traject.reading r
                      where r.tenant = $1 and r.stream = $4 and r.person = $3 and r.what = 'page'
                        and r.at_us > $2 - 604800000000)
            then 'page' else $6 end,
       $7)

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
