-- How a person wants to hear of things: mail and calendar feed.
set local role traject_owner;
