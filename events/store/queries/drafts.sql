-- name: get
select saved_us, body from traject.draft
 where tenant = $1 and stream = $2 and person = $3 and form = $4

-- name: others
select count(*) from traject.draft
 where tenant = $1 and stream = $2 and person = $3 and form <> $4

-- name: save
select kept, saved_us from traject.save_draft($1, $2, $3, $4, $5, $6)

-- name: drop
delete from traject.draft where tenant = $1 and stream = $2 and person = $3 and form = $4

-- name: of_person
select d.stream, s.process, d.form, d.saved_us, d.body
  from traject.draft d join traject.stream s using (tenant, stream)
 where d.tenant = $1 and d.person = $2 and s.erased_us is null
 order by d.saved_us

-- name: sweep
select traject.sweep_drafts($1)
