-- Erasing a dossier, and what is left to prove it.
set local role traject_owner;
