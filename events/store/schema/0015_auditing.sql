-- What auditors search.
set local role traject_owner;
