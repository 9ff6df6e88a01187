-- Who is signed in, and by which key.
set local role traject_owner;
