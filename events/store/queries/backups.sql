-- name: server
select current_setting('server_version_num')::integer / 10000 as version,
       current_setting('server_version') as text,
       r.rolsuper as superuser, r.rolsuper or r.rolbypassrls as sees_all
  from pg_roles r where r.rolname = current_user

-- name: snapshot
select pg_export_snapshot()

-- name: facts
select (select kind from traject.installation) as installation,
       (select max(number) from traject.migration) as migration,
       (select count(*) from traject.event) as events,
       (select count(*) from traject.reading) as reads,
       (select count(*) from traject.refused) as refused,
       (select coalesce(max(position), 0) from traject.position) as positions,
       (select sum(pg_table_size(c.oid))::bigint from pg_class c
         where c.relkind in ('r', 'm') and c.relnamespace = 'traject'::regnamespace) as bytes

-- name: roles
select rolname from pg_roles where rolname like 'traject\_%' order by rolname

-- name: checkpoint
select number, size, note from traject.checkpoint order by number desc limit 1

-- name: some_keys
select distinct on (master) tenant, stream, master, wrapped
  from traject.dossier_key where wrapped is not null order by master, tenant, stream

-- name: lead
select pg_try_advisory_lock($1)

-- name: exists
select exists (select from pg_database where datname = $1)

-- name: has_role
select exists (select from pg_roles where rolname = $1)

-- name: sessions
select count(*) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()

-- name: holds_data
select exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'S')
       and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema')

-- name: database_bytes
select pg_database_size($1)

-- name: count_events
select count(*) from traject.event

-- name: end_sessions
with ended as (
    update traject.session set ended_at = now() where ended_at is null and ends_at > now()
    returning 1)
select count(*) from ended
