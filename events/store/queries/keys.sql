-- name: lead
select pg_try_advisory_lock($1)

-- name: masters
select master, keys from traject.masters()

-- name: retired
select master from traject.retired_master

-- name: count_not_by
select coalesce(sum(keys), 0)::bigint from traject.masters() where master <> $1

-- name: not_by
select tenant, stream, master, wrapped from traject.keys_not_by($1, $2, $3, $4)

-- name: rewrap
select traject.rewrap($1, $2, $3, $4, $5, $6)

-- name: retire
select traject.retire_master($1)

-- name: link_days
select traject.longest_link_days($1)
