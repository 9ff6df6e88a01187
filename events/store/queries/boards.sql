-- name: settings
select version, settings from traject.settings where tenant = $1 order by version desc limit 1

-- name: save
insert into traject.settings (tenant, version, settings)
select $1, coalesce(max(version), 1) + 1, $2 from traject.settings where tenant = $1
returning version

-- name: installation
select kind from traject.installation
