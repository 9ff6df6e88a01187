-- What a person has on the own desk: saved filters, and when it was last looked at.
set local role traject_owner;

create table traject.desk_look (
    tenant uuid not null,
    person uuid not null,
    looked_us bigint not null,
    primary key (tenant, person),
    foreign key (tenant, person) references traject.person on delete cascade
);
comment on column traject.desk_look.looked_us is
    'Up to when, by the process clock, this person has seen what changed; microseconds since 1970.';
select traject.by_board('traject.desk_look');

create table traject.saved_filter (
    tenant uuid not null,
    person uuid not null,
    filter uuid not null default gen_random_uuid(),
    name text not null check (char_length(name) between 1 and 80),
    query text not null check (char_length(query) <= 2000),
    preferred boolean not null default false,
    saved_at timestamptz not null default now(),
    primary key (tenant, person, filter),
    unique (tenant, person, name),
    foreign key (tenant, person) references traject.person on delete cascade
);
create unique index saved_filter_preferred on traject.saved_filter (tenant, person)
    where preferred;
comment on column traject.saved_filter.query is 'The filters as they stand in an address.';
select traject.by_board('traject.saved_filter');

grant select, insert, update, delete on traject.desk_look, traject.saved_filter to traject_app;

-- What waits for somebody and what is planned, over all cases of that person at once.
create index tasks_v1_of_person on traject.tasks_v1 (build, tenant, person);
create index agenda_v1_of_person on traject.agenda_v1 (build, tenant, person, at);

reset role;
