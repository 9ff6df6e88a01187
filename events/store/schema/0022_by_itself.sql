-- A page that looks by itself whether something changed does not use the session that shows it:
-- else an open window would keep somebody signed in who left it long ago.
grant create on schema traject to traject_keeper;
set local role traject_keeper;

drop function traject.person_by_session(bytea);
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
grant execute on function traject.person_by_session(bytea, boolean) to traject_app;

reset role;
revoke create on schema traject from traject_keeper;
