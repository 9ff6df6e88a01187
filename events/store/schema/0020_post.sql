-- How a person wants to hear of things: mail and calendar feed.
set local role traject_owner;

create table traject.mail_choice (
    tenant uuid not null,
    person uuid not null,
    choice text not null check (choice in ('direct', 'daily', 'urgent')),
    chosen_at timestamptz not null default now(),
    primary key (tenant, person),
    foreign key (tenant, person) references traject.person on delete cascade
);
comment on table traject.mail_choice is
    'Who is in none of its rows gets each mail directly. Whoever sends a digest holds the row.';
select traject.by_board('traject.mail_choice');
grant select, insert, update on traject.mail_choice to traject_app;

create table traject.feed (
    tenant uuid not null,
    person uuid not null,
    code_hash bytea not null unique check (octet_length(code_hash) = 32),
    made_at timestamptz not null default now(),
    used_at timestamptz,
    primary key (tenant, person),
    foreign key (tenant, person) references traject.person on delete cascade
);
comment on table traject.feed is 'The secret link by which a calendar follows a person''s agenda.';
select traject.by_board('traject.feed');
grant select, insert, update, delete on traject.feed to traject_app;

-- A link comes before its board is known, so this looks at every board.
grant select, update (used_at) on traject.feed to traject_keeper;
create policy every_board_keeper on traject.feed to traject_keeper using (true) with check (true);

reset role;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

create function traject.person_by_feed(
    p_code_hash bytea,
    out tenant uuid, out person uuid, out name text, out email text, out language text,
    out roles text[]
)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_used timestamptz;
begin
    select p.tenant, p.person, p.name, p.email, p.language, f.used_at,
           array(select r.role from traject.person_role r
                  where r.tenant = p.tenant and r.person = p.person order by r.role)
      into tenant, person, name, email, language, v_used, roles
      from traject.feed f join traject.person p using (tenant, person)
     where f.code_hash = p_code_hash and p.active;
    -- Once an hour is enough to see whether a link is still in use.
    if person is not null and (v_used is null or v_used < now() - interval '1 hour') then
        update traject.feed f set used_at = now() where f.code_hash = p_code_hash;
    end if;
end
$$;

grant execute on function traject.person_by_feed(bytea) to traject_app;
reset role;
revoke create on schema traject from traject_keeper;
