-- Who is signed in, and by which key.
set local role traject_owner;

-- A browser's session. The browser has a random key; here is its hash only.
create table traject.session (
    session uuid primary key default gen_random_uuid(),
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    tenant uuid not null,
    person uuid not null,
    how text not null check (how in ('provider', 'chosen', 'emergency')),
    device text not null default '',
    began_at timestamptz not null default now(),
    used_at timestamptz not null default now(),
    idle interval not null,
    ends_at timestamptz not null,
    ended_at timestamptz,
    foreign key (tenant, person) references traject.person on delete cascade
);
create index session_of_person on traject.session (tenant, person);
select traject.by_board('traject.session');
grant select, insert, update, delete on traject.session to traject_app;

-- Which account at an identity provider is which person.
create table traject.identity (
    tenant uuid not null,
    issuer text not null,
    subject text not null,
    person uuid not null,
    linked_at timestamptz not null default now(),
    primary key (tenant, issuer, subject),
    foreign key (tenant, person) references traject.person on delete cascade
);
create index identity_of_person on traject.identity (tenant, person);
select traject.by_board('traject.identity');
grant select, insert, delete on traject.identity to traject_app;

-- How a board lets its people in, and by which names a provider calls the board. No two boards
-- have the same name.
create table traject.sign_in (
    tenant uuid primary key,
    rules text not null,
    saved_at timestamptz not null default now()
);
select traject.by_board('traject.sign_in');
create table traject.sign_in_home (
    home text primary key,
    tenant uuid not null
);
create index sign_in_home_of_board on traject.sign_in_home (tenant);
select traject.by_board('traject.sign_in_home');
grant select, insert, update, delete on traject.sign_in, traject.sign_in_home to traject_app;

-- Roles that the provider gave at the last sign-in, so that it can take them back.
create table traject.claimed_role (
    tenant uuid not null,
    person uuid not null,
    role text not null,
    primary key (tenant, person, role),
    foreign key (tenant, person) references traject.person on delete cascade
);
select traject.by_board('traject.claimed_role');
grant select, insert, delete on traject.claimed_role to traject_app;

-- The administrator for when the provider is away. The secret is a scrypt hash with its salt.
create table traject.emergency (
    login text primary key check (login = lower(login)),
    tenant uuid not null,
    person uuid not null,
    secret text not null,
    active boolean not null default true,
    set_at timestamptz not null default now(),
    used_at timestamptz,
    unique (tenant, person),
    foreign key (tenant, person) references traject.person on delete cascade
);
select traject.by_board('traject.emergency');
grant select, insert, update on traject.emergency to traject_app;

-- How often something was tried of late; lost with the server, which does no harm.
create unlogged table traject.bucket (
    key bytea primary key check (octet_length(key) = 32),
    tokens double precision not null,
    at timestamptz not null
);
grant select, insert, update, delete on traject.bucket to traject_keeper;

alter table traject.api_token
    add column token uuid not null default gen_random_uuid() unique,
    add column name text not null default '',
    add column ends_at timestamptz;

-- As with tokens: a key comes before its board is known.
grant select on traject.session, traject.sign_in_home, traject.emergency to traject_keeper;
grant update (used_at, ended_at) on traject.session to traject_keeper;
create policy every_board_keeper on traject.session to traject_keeper using (true) with check (true);
create policy every_board_keeper on traject.sign_in_home for select to traject_keeper using (true);
create policy every_board_keeper on traject.emergency for select to traject_keeper using (true);

reset role;
grant create on schema traject to traject_keeper;
set local role traject_keeper;

-- A page that looks by itself whether something changed does not use the session that shows it:
-- else an open window would keep somebody signed in who left it long ago.
create function traject.person_by_session(
    p_token_hash bytea, p_used boolean default true,
    out session uuid, out how text,
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
    select s.session, s.how, p.tenant, p.person, p.name, p.email, p.language, s.used_at,
           array(select r.role from traject.person_role r
                 where r.tenant = p.tenant and r.person = p.person order by r.role)
      into session, how, tenant, person, name, email, language, v_used, roles
      from traject.session s join traject.person p using (tenant, person)
     where s.token_hash = p_token_hash and p.active
       and s.ended_at is null and s.ends_at > now() and s.used_at + s.idle > now();
    -- Once a minute is enough for a time-out of minutes, and keeps reading cheap.
    if p_used and person is not null and v_used < now() - interval '1 minute' then
        update traject.session s set used_at = now() where s.token_hash = p_token_hash;
    end if;
end
$$;

create function traject.end_session(p_token_hash bytea) returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update traject.session set ended_at = now()
     where token_hash = p_token_hash and ended_at is null;
    return found;
end
$$;

create function traject.board_of_home(p_home text) returns uuid
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select h.tenant from traject.sign_in_home h where h.home = p_home;
end;

create function traject.emergency_by_login(
    p_login text, out tenant uuid, out person uuid, out secret text
)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select e.tenant, e.person, e.secret
      from traject.emergency e join traject.person p using (tenant, person)
     where e.login = lower(p_login) and e.active and p.active;
end;

-- Takes one of the tokens of a bucket that holds so many and gets one each so many seconds.
-- Returns how many seconds to wait: 0 where there was one to take.
create function traject.take_token(
    p_key bytea, p_size double precision, p_seconds double precision
) returns double precision
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_left double precision;
begin
    delete from traject.bucket b where b.at < now() - interval '1 day';
    insert into traject.bucket as b (key, tokens, at) values (p_key, p_size, clock_timestamp())
    on conflict (key) do update
       set tokens = least(p_size, b.tokens
               + extract(epoch from clock_timestamp() - b.at) / p_seconds),
           at = clock_timestamp()
    returning b.tokens into v_left;
    if v_left < 1 then
        return (1 - v_left) * p_seconds;
    end if;
    update traject.bucket set tokens = v_left - 1 where key = p_key;
    return 0;
end
$$;

create or replace function traject.person_by_token(
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
     where t.token_hash = p_token_hash and t.revoked_at is null and p.active
       and (t.ends_at is null or t.ends_at > now());
    if person is not null and (v_used is null or v_used < now() - interval '1 minute') then
        update traject.api_token t set last_used_at = now() where t.token_hash = p_token_hash;
    end if;
end
$$;

grant execute on function traject.person_by_session(bytea, boolean), traject.end_session(bytea),
    traject.board_of_home(text), traject.emergency_by_login(text),
    traject.take_token(bytea, double precision, double precision) to traject_app;
reset role;
revoke create on schema traject from traject_keeper;
