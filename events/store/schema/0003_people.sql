-- Who works at a board, in which roles. Names live here and nowhere in the events.
set local role traject_owner;

create table traject.person (
    tenant uuid not null,
    person uuid not null,
    name text not null,
    email text,
    language text not null default 'nl' check (language in ('nl', 'en')),
    active boolean not null default true,
    added_at timestamptz not null default now(),
    primary key (tenant, person)
);
select traject.by_board('traject.person');

create table traject.person_role (
    tenant uuid not null,
    person uuid not null,
    role text not null,
    primary key (tenant, person, role),
    foreign key (tenant, person) references traject.person on delete cascade
);
create index person_role_holders on traject.person_role (tenant, role, person);
select traject.by_board('traject.person_role');

create table traject.api_token (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    tenant uuid not null,
    person uuid not null,
    issued_at timestamptz not null default now(),
    revoked_at timestamptz,
    last_used_at timestamptz,
    foreign key (tenant, person) references traject.person on delete cascade
);
create index api_token_of_person on traject.api_token (tenant, person);
select traject.by_board('traject.api_token');

grant select, insert, update, delete on traject.person, traject.person_role to traject_app;
grant select, insert, update on traject.api_token to traject_app;
grant select on traject.person, traject.person_role to traject_projector, traject_reader;
create policy every_board_projector on traject.person for select to traject_projector using (true);
create policy every_board_projector on traject.person_role for select to traject_projector using (true);

-- A token comes before its board is known, so these look at every board.
grant select on traject.person, traject.person_role, traject.api_token to traject_keeper;
grant update (revoked_at, last_used_at) on traject.api_token to traject_keeper;
create policy every_board_keeper on traject.person for select to traject_keeper using (true);
create policy every_board_keeper on traject.person_role for select to traject_keeper using (true);
create policy every_board_keeper on traject.api_token to traject_keeper using (true) with check (true);

reset role;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

create function traject.person_by_token(
    p_token_hash bytea,
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
    select p.tenant, p.person, p.name, p.email, p.language, t.last_used_at,
           array(select r.role from traject.person_role r
                 where r.tenant = p.tenant and r.person = p.person order by r.role)
      into tenant, person, name, email, language, v_used, roles
      from traject.api_token t join traject.person p using (tenant, person)
     where t.token_hash = p_token_hash and t.revoked_at is null and p.active;
    -- Once a minute is enough to see whether a token is still in use, and keeps reading cheap.
    if person is not null and (v_used is null or v_used < now() - interval '1 minute') then
        update traject.api_token t set last_used_at = now() where t.token_hash = p_token_hash;
    end if;
end
$$;

create function traject.revoke_token(p_token_hash bytea) returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update traject.api_token set revoked_at = now()
     where token_hash = p_token_hash and revoked_at is null;
    return found;
end
$$;

grant execute on function traject.person_by_token(bytea), traject.revoke_token(bytea)
    to traject_app;
reset role;
revoke create on schema traject from traject_keeper;
