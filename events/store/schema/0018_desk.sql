-- What a person has on the own desk: saved filters, and when it was last looked at.
set local role traject_owner;
