"""What each role can and cannot do, tried on the real server."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import begun, opened, recording

APPEND_ONLY = (
    "event",
    "notice",
    "refused",
    "reading",
    "position",
    "settings",
    "installation",
    "document",
    "logged",
    "tile",
    "checkpoint",
    "retired_master",
    "administered",
)
APP_FUNCTIONS = {
    "append",
    "begun_streams",
    "board",
    "board_of_home",
    "boards_with",
    "boards_with_mail",
    "count_begun_streams",
    "count_open_streams",
    "emergency_by_login",
    "end_session",
    "keep_document",
    "log_administered",
    "log_reading",
    "log_refused",
    "never",
    "open_dossier",
    "open_streams",
    "person_by_feed",
    "person_by_session",
    "person_by_token",
    "place_of_event",
    "revoke_token",
    "save_draft",
    "sought",
    "still_there",
    "sweep_drafts",
    "sweep_empty",
    "take_token",
}
DENIED = asyncpg.InsufficientPrivilegeError


async def as_role(dsn: str, tenant: str | None = None) -> asyncpg.Connection:
    connection = await asyncpg.connect(dsn)
    if tenant is not None:
        await connection.execute("select set_config('traject.tenant', $1, false)", tenant)
    return connection


@pytest.mark.parametrize("table", ["event", "notice", "refused", "reading", "position", "document"])
async def test_service_cannot_write_what_is_kept(
    database: Database, store: Store, tenant: str, table: str
) -> None:
    await begun(store, tenant)
    app = await as_role(database.app_dsn, tenant)
    try:
        for statement in (
            f"insert into traject.{table} (tenant) values (gen_random_uuid())",
            f"update traject.{table} set tenant = tenant",
            f"delete from traject.{table}",
            f"truncate traject.{table}",
        ):
            with pytest.raises(DENIED):
                await app.execute(statement)
    finally:
        await app.close()


@pytest.mark.parametrize("table", ["stream", "party", "dossier_key", "claim", "installation"])
async def test_service_cannot_write_heads_and_keys(database: Database, table: str) -> None:
    app = await as_role(database.app_dsn)
    try:
        for statement in (f"delete from traject.{table}", f"truncate traject.{table}"):
            with pytest.raises(DENIED):
                await app.execute(statement)
    finally:
        await app.close()


@pytest.mark.parametrize("mode", ["origin", "replica"])
@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_not_even_the_superuser_changes_what_is_kept(
    raw: asyncpg.Connection, store: Store, tenant: str, table: str, mode: str
) -> None:
    await fill(raw, store, tenant)
    await raw.execute(f"set session_replication_role = {mode}")
    others = {"installation": "kind", "logged": "log", "tile": "log", "checkpoint": "note"}
    others["retired_master"] = "master"
    column = others.get(table, "tenant")
    for statement in (
        f"update traject.{table} set {column} = {column}",
        f"delete from traject.{table}",
        f"truncate traject.{table} cascade",
    ):
        with pytest.raises(asyncpg.PostgresError, match="never changed or removed") as refused:
            await raw.execute(statement)
        assert getattr(refused.value, "sqlstate", None) == "TJ000"


async def fill(raw: asyncpg.Connection, store: Store, tenant: str) -> None:
    """A row in every append-only table: a row trigger says nothing about an empty one."""
    stream = await begun(store, tenant)
    await raw.execute("insert into traject.installation (kind) values ('test')")
    await raw.execute("insert into traject.settings values ($1, 2, '{}')", tenant)
    await store.keep_document(tenant, stream, "agreement", 1, b"kept")
    await raw.execute("insert into traject.position values (1, $1, $2, 1)", tenant, stream)
    await raw.execute("insert into traject.logged values ('reads', 1, 1)")
    await raw.execute("insert into traject.tile values ('reads', 0, 0, $1)", bytes(256 * 32))
    await raw.execute("insert into traject.checkpoint values (1, 0, 'note', now())")
    await raw.execute("insert into traject.retired_master values ('1')")
    await store.note_change(tenant, str(uuid4()), "retry", None, None, None)
    await raw.execute("select set_config('traject.tenant', $1, false)", tenant)
    await raw.execute(
        "insert into traject.notice (tenant, stream, person, kind, cause, version, command_id, "
        "recorded_us) values ($1, $2, $2, 'k', $2, 1, $2, 0)",
        tenant,
        stream,
    )
    await raw.execute(
        "select traject.log_refused($1, 0, null, $2, 'toy', 'X', 'y')", tenant, stream
    )
    await raw.execute(
        "select traject.log_reading($1, 0, $2, $2, 'toy', 'summary', null)", tenant, stream
    )


async def test_other_boards_are_invisible(database: Database, store: Store, tenant: str) -> None:
    person = await store.add_person(tenant, "Imke Invisible", roles=["hr"])
    await store.issue_token(tenant, person.id)
    await begun(store, tenant)
    tables = ("event", "stream", "party", "dossier_key", "claim", "person", "person_role")
    for other in (str(uuid4()), None):
        app = await as_role(database.app_dsn, other)
        reader = await as_role(database.reader_dsn, other)
        try:
            for table in (*tables, "api_token", "notice", "outbox", "refused", "reading"):
                assert await app.fetchval(f"select count(*) from traject.{table}") == 0
            for table in ("event", "stream", "person", "position"):
                assert await reader.fetchval(f"select count(*) from traject.{table}") == 0
        finally:
            await app.close()
            await reader.close()
    reader = await as_role(database.reader_dsn, tenant)
    assert await reader.fetchval("select count(*) from traject.event") == 1
    await reader.close()


async def test_people_of_another_board_cannot_be_written(
    database: Database, store: Store, tenant: str
) -> None:
    person = await store.add_person(tenant, "Imke Invisible")
    app = await as_role(database.app_dsn, str(uuid4()))
    try:
        with pytest.raises(DENIED, match="row-level security"):
            await app.execute(
                "insert into traject.person (tenant, person, name) values ($1, $2, 'X')",
                tenant,
                uuid4(),
            )
        assert await app.execute("update traject.person set name = 'X'") == "UPDATE 0"
        assert await app.execute("delete from traject.person") == "DELETE 0"
    finally:
        await app.close()
    assert (await store.persons(tenant, [person.id]))[person.id].name == "Imke Invisible"


async def test_functions_refuse_another_board(
    database: Database, store: Store, tenant: str
) -> None:
    stream = await opened(store, tenant)
    wanted = recording(tenant, stream)
    open_ = "select * from traject.open_dossier($1, $2, 'toy', '1', 'x')"
    append = (
        "select * from traject.append($1, 'toy', $2, 0, $3, 'Note', 'h', null, null, 0, "
        "array[$3::uuid], array['h'::bytea], array['b'::bytea], 's', true, '{}', "
        "null, null, null, null, null, null)"
    )
    for other in (str(uuid4()), None):
        app = await as_role(database.app_dsn, other)
        try:
            for statement, arguments in (
                (open_, (tenant, stream)),
                (append, (tenant, stream, wanted.command_id)),
            ):
                with pytest.raises(asyncpg.PostgresError) as refused:
                    await app.execute(statement, *arguments)
                assert getattr(refused.value, "sqlstate", None) == "TJ001"
            with pytest.raises(DENIED, match="row-level security"):
                await app.execute(
                    "select traject.log_refused($1, 0, null, $2, 'toy', 'X', 'y')", tenant, stream
                )
        finally:
            await app.close()
    assert (await store.head(tenant, stream)).version == 0


async def test_service_runs_no_other_functions(database: Database) -> None:
    app = await as_role(database.app_dsn)
    try:
        rows = await app.fetch(
            "select distinct proname from pg_proc where pronamespace = 'traject'::regnamespace "
            "and has_function_privilege(oid, 'execute')"
        )
        assert {row["proname"] for row in rows} == APP_FUNCTIONS
    finally:
        await app.close()


async def test_definer_functions_fix_their_search_path(raw: asyncpg.Connection) -> None:
    loose = await raw.fetch(
        "select proname from pg_proc where pronamespace = 'traject'::regnamespace and prosecdef "
        "and not coalesce(proconfig @> array['search_path=pg_catalog, pg_temp'], false)"
    )
    assert [row["proname"] for row in loose] == []


async def test_board_tables_force_row_level_security(raw: asyncpg.Connection) -> None:
    loose = await raw.fetch(
        "select relname from pg_class c where relnamespace = 'traject'::regnamespace "
        "and relkind = 'r' and not relforcerowsecurity and exists ("
        "  select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant')"
    )
    assert [row["relname"] for row in loose] == []


async def test_owner_is_bound_like_everybody(raw: asyncpg.Connection) -> None:
    roles = await raw.fetch(
        "select rolname, rolsuper, rolbypassrls, rolcanlogin from pg_roles "
        "where rolname like 'traject\\_%'"
    )
    assert len(roles) == 6
    assert not any(row["rolsuper"] or row["rolbypassrls"] for row in roles)
    assert {row["rolname"] for row in roles if not row["rolcanlogin"]} == {
        "traject_owner",
        "traject_keeper",
    }


@pytest.mark.parametrize("table", ["logged", "tile", "checkpoint", "tree", "numbering"])
async def test_only_its_keeper_writes_the_log(database: Database, table: str) -> None:
    for dsn in (database.app_dsn, database.projector_dsn, database.reader_dsn):
        other = await as_role(dsn)
        if table != "numbering":
            await other.fetchval(f"select count(*) from traject.{table}")
        for statement in (
            f"insert into traject.{table} default values",
            f"update traject.{table} set log = log" if table != "checkpoint" else "",
            f"delete from traject.{table}",
            f"truncate traject.{table}",
        ):
            if statement:
                with pytest.raises(DENIED):
                    await other.execute(statement)
        await other.close()
    keeper = await as_role(database.sequencer_dsn)
    for statement in (f"delete from traject.{table}", f"truncate traject.{table}"):
        with pytest.raises(DENIED):
            await keeper.execute(statement)
    await keeper.close()


async def test_sequencer_sees_no_content(database: Database) -> None:
    sequencer = await as_role(database.sequencer_dsn)
    try:
        await sequencer.execute("select tenant, stream, version from traject.event")
        for column in ("header", "body"):
            with pytest.raises(DENIED):
                await sequencer.execute(f"select {column} from traject.event")
        for table in ("dossier_key", "person", "notice"):
            with pytest.raises(DENIED):
                await sequencer.execute(f"select 1 from traject.{table}")
    finally:
        await sequencer.close()


async def test_projector_sees_every_board_and_writes_only_its_rows(
    database: Database, store: Store, tenant: str
) -> None:
    """Of keys it sees what a master key has wrapped, which is not in the database."""
    await begun(store, tenant)
    await begun(store, str(uuid4()))
    projector = await as_role(database.projector_dsn)
    try:
        assert await projector.fetchval("select count(*) from traject.event") == 2
        assert await projector.fetchval("select count(wrapped) from traject.dossier_key") == 2
        for statement in (
            "select 1 from traject.api_token",
            "select 1 from traject.document",
            "delete from traject.event",
            "update traject.dossier_key set wrapped = null",
            "update traject.stream set open = false",
        ):
            with pytest.raises(DENIED):
                await projector.execute(statement)
    finally:
        await projector.close()
