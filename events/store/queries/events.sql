-- name: append
select traject.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                      $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)

-- name: load
select header, body from traject.event
 where tenant = $1 and stream = $2 and version > $3 and recorded_us <= $4
 order by version limit $5

-- name: of_command
select stream, place, command, content_hash, warnings, header, body from traject.event
 where tenant = $1 and command_id = $2
 order by place

-- name: chain
select version, event_id, command_id, recorded_us, header, body, event_hash from traject.event
 where tenant = $1 and stream = $2
 order by version
