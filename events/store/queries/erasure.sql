-- name: erasure
select s.erased_us, k.destroyed_at, c.certificate
  from traject.stream s
  join traject.dossier_key k using (tenant, stream)
  left join traject.erasure c using (tenant, stream)
 where s.tenant = $1 and s.stream = $2 and (s.erased_us is not null or k.wrapped is null)

-- name: headers
select header from traject.event
 where tenant = $1 and stream = $2 and command in ('RequestErasure', 'ApproveErasure')
 order by version

-- name: outlived
select stream, class, content, keep_until from traject.outlived
 where tenant = $1 and ($2::uuid is null or stream = $2)
 order by keep_until, stream, class

-- name: still_there
select tenant, stream from traject.still_there($1::uuid[], $2::uuid[])

-- name: found
select tenant, process, stream, version, hash, erased_us, destroyed_at, certificate
  from traject.to_be_erased($1::uuid[])

-- name: asked
select requested_by, requested_us, approved_by, approved_us, refusal
  from traject.asked_to_erase($1, $2)

-- name: begin
select traject.begin_erasure($1, $2, $3)

-- name: wrapped
select wrapped from traject.dossier_key where tenant = $1 and stream = $2

-- name: destroy
select traject.destroy_key($1, $2, $3, $4)

-- name: purge
select traject.purge($1, $2)

-- name: copies
select what, person, at_us from traject.reading
 where tenant = $1 and stream = $2 and what = any ($3::text[])
 order by at_us, id

-- name: left
select traject.left_of($1, $2)

-- name: certify
select traject.certify_erasure($1, $2, $3)

-- name: again
select traject.erase_again($1, $2, $3, $4)

-- name: sweep_outlived
select traject.sweep_outlived($1)

-- name: log_then
select (select t.size from traject.tree t where t.log = 'events') as size,
       (select c.note from traject.checkpoint c order by c.number desc limit 1) as note

-- name: purged_tables
select c.oid::regclass::text as name,
       exists (select from pg_attribute a
                where a.attrelid = c.oid and a.attname in ('build', 'wrapped')) as readable
  from pg_class c
 where c.relnamespace = 'traject'::regnamespace and c.relkind = 'r'
   and has_table_privilege('traject_keeper', c.oid, 'delete')
 order by 1

-- name: older_transactions
select count(*) from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid() and xact_start < $1

-- name: segments
select name from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$' order by name

-- name: next_segment
select pg_switch_wal() from pg_logical_emit_message(false, 'traject', 'overwritten')

-- name: in_segment
select coalesce(position($2::bytea in pg_read_binary_file('pg_wal/' || $1, true)) > 0, false)

-- name: in_keys
select position($1::bytea in pg_read_binary_file(
           pg_relation_filepath('traject.dossier_key'))) > 0
