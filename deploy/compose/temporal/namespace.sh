#!/bin/sh
# Waits for Temporal and makes the namespace of Traject; safe to repeat.
set -eu
tries=60
until temporal operator cluster health >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "Temporal does not answer" >&2; exit 1; }
    sleep 2
done
temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
    temporal operator namespace create --namespace default --retention 2160h
