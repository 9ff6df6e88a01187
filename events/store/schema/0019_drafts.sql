-- What somebody is still writing, before it is given.
set local role traject_owner;
