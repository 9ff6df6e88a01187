-- What belongs to a board as a whole, and the rules every table follows.
set local role traject_owner;

create function traject.board() returns uuid
    language sql stable
    return nullif(current_setting('traject.tenant', true), '')::uuid;
comment on function traject.board() is 'The board this session works for; null when none is set.';
grant execute on function traject.board() to public;

create function traject.never() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'rows of % are never changed or removed', tg_table_name
        using errcode = 'TJ000';
end
$$;
grant execute on function traject.never() to public;

create function traject.append_only(target regclass) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    execute format(
        'create trigger never_changed before update or delete on %s '
        'for each row execute function traject.never()', target);
    execute format(
        'create trigger never_emptied before truncate on %s '
        'for each statement execute function traject.never()', target);
    execute format('alter table %s enable always trigger never_changed', target);
    execute format('alter table %s enable always trigger never_emptied', target);
end
$$;

create function traject.by_board(target regclass) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy of_board on %s using (tenant = traject.board()) '
        'with check (tenant = traject.board())', target);
end
$$;

create table traject.installation (
    one boolean primary key default true check (one),
    kind text not null check (kind in ('production', 'test', 'demo')),
    marked_at timestamptz not null default now()
);
comment on table traject.installation is
    'What this installation is for; only test and demo may shift their clock.';
grant select on traject.installation
    to traject_app, traject_projector, traject_reader, traject_keeper;
select traject.append_only('traject.installation');

create table traject.settings (
    tenant uuid not null,
    version integer not null check (version > 1),
    settings text not null,
    saved_at timestamptz not null default now(),
    primary key (tenant, version)
);
comment on table traject.settings is
    'A board''s own numbers and days, as JSON text; version 1 stands for the defaults.';
select traject.by_board('traject.settings');
select traject.append_only('traject.settings');
grant select, insert on traject.settings to traject_app;
grant select on traject.settings to traject_projector, traject_reader;
create policy every_board_projector on traject.settings for select to traject_projector using (true);
