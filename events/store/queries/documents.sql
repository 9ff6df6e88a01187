-- name: get
select sha256, body from traject.document
 where tenant = $1 and stream = $2 and kind = $3 and version = $4

-- name: keep
select sha256, body from traject.keep_document($1, $2, $3, $4, $5, $6)
