#!/bin/sh
# Makes Temporal's two databases and brings them to this version's schema; safe to repeat.
set -eu
schema=/etc/temporal/schema/postgresql/v12
for database in temporal visibility; do
    name=temporal
    [ "$database" = visibility ] && name=temporal_visibility
    tool="temporal-sql-tool --database $name"
    $tool create-database 2>/dev/null || true
    $tool setup-schema -v 0.0 2>/dev/null || true
    $tool update-schema -d "$schema/$database/versioned"
done
