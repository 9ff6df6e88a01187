-- Who may do what. Roles belong to the whole cluster, so another database may have made them
-- already, even at this very moment; logins and passwords are given by whoever runs the cluster.
create extension if not exists btree_gist with schema public;

do $$
declare
    wanted text;
begin
    foreach wanted in array array[
        'traject_owner', 'traject_keeper', 'traject_app',
        'traject_sequencer', 'traject_projector', 'traject_reader'
    ] loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin nosuperuser nobypassrls', wanted);
            exception when duplicate_object or unique_violation then
                null;
            end;
        end if;
        if exists (select from pg_roles where rolname = wanted and (rolsuper or rolbypassrls)) then
            raise exception 'role % must be neither superuser nor BYPASSRLS', wanted;
        end if;
    end loop;
    foreach wanted in array array['traject_owner', 'traject_keeper'] loop
        if not pg_has_role(current_user, wanted, 'set') then
            execute format('grant %I to %I', wanted, current_user);
        end if;
    end loop;
end
$$;

alter schema traject owner to traject_owner;
grant usage on schema traject
    to traject_keeper, traject_app, traject_sequencer, traject_projector, traject_reader;

alter default privileges for role traject_owner revoke execute on functions from public;
alter default privileges for role traject_keeper revoke execute on functions from public;
