-- What is administered: absence, templates of texts.
set local role traject_owner;
