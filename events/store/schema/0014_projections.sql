-- Read models, built in the order of positions beside what they replace.
set local role traject_owner;
