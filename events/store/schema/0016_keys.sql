-- Wrapping dossier keys anew when a master key is replaced.
set local role traject_owner;
