-- name: work_for
select set_config('traject.tenant', $1, true)

-- name: register
insert into traject.export (tenant, file, streams, made_by) values ($1, $2, $3::uuid[], $4)

-- name: is_registered
select exists (select from traject.export where tenant = $1 and file = $2)

-- name: exports_with
select file from traject.exports_with($1, $2) as file

-- name: forget
select traject.forget_export($1)

-- name: unmade
delete from traject.export where tenant = $1 and file = $2
