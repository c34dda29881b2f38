"""The one place where the parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from assistant.answering import Assistant
from assistant.desk import Desk
from assistant.platforms import configured_adapters
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.store import Clock, utc_now
from knowledge_base.types import DEFAULT_PROJECT
from web import health, hooks, pages
from web.api.description import describe
from web.api.routes import router as api_router
from web.failures import CatchUnexpected, register_failures
from web.guarding.access import GuardAccess, check_role
from web.guarding.bodies import LimitBodies
from web.guarding.headers import SecureHeaders
from web.guarding.hosts import CheckHosts
from web.guarding.limits import Limits
from web.guarding.roles import read_entries
from web.identity.oidc import open_provider
from web.identity.oidc_roles import read_groups
from web.identity.secret import signing_key
from web.live.feed import LiveFeed
from web.parts import Parts
from web.running.background import Background
from web.showing.assets import FOLDER, URL, read_assets
from web.showing.language import read_catalogue
from web.showing.rendering import Renderer

DESCRIPTION = """\
Kea, the known error assistant. Logs go in, error categories come out, an engineer attaches a solution,
whoever asks gets it.

Sign in with a token (`kea token NAME`): `Authorization: Bearer kea_...`. Every request is about one project,
named by `?project=` or the header `Kea-Project`. Errors are problem documents (RFC 9457).
"""


def create_app(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    knowledge: KnowledgeBase | None = None,
    runs_background: bool = True,
    told: Path | None = None,
) -> FastAPI:
    """Make the application; its resources are opened when it starts and closed in reverse order.

    A ``knowledge`` that is passed in takes the place of the one that the settings describe. Of several processes of a
    server one ``runs_background``, and ``told`` is the file by which the others know how that fares.
    Raises StorageUnavailable where the data folder cannot be used.
    """
    key = signing_key(settings.home_path)
    base = knowledge or KnowledgeBase(settings, clock=clock)
    provider = open_provider(settings, clock)
    read_groups(settings.oidc_roles)
    named = settings.oidc_name if provider is not None else ""
    renderer = Renderer(assets=read_assets(), messages=read_catalogue(), clock=clock, provider=named)
    assistant = Assistant(base)
    desk = Desk(assistant, settings)
    for adapter in configured_adapters(settings, desk.inbox.accept_for, clock):
        desk.add(adapter)
    background = Background(base, desk, runs_here=runs_background, told=told)
    live = LiveFeed(base.store)
    app = FastAPI(
        title="Kea",
        version="1",
        description=DESCRIPTION,
        lifespan=_lifespan(base, background, live),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(check_role)],  # for whatever is added later
    )
    app.state.parts = Parts(settings, clock, key, base, assistant, desk, background, renderer, live)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    register_failures(app)
    app.router.routes.extend(_routes())
    if renderer.assets.built:
        app.mount(URL, StaticFiles(directory=FOLDER), name="static")
    app.state.entries = read_entries(app.routes)
    app.state.provider = provider
    app.state.limits = Limits(base.store, settings)
    # The last one added sees a request first.
    app.add_middleware(LimitBodies)
    app.add_middleware(CatchUnexpected)
    app.add_middleware(GuardAccess, key=key, store=base.store)
    app.add_middleware(CheckHosts, configured=settings.host, public_url=settings.public_url)
    app.add_middleware(SecureHeaders)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Give what an application answers, each route behind the table of roles.

    It takes the better part of a second to make and holds nothing of one application, so all of a process share it.
    """
    all_of_them = APIRouter(dependencies=[Depends(check_role)])
    for each in (health.router, hooks.router, api_router, pages.router):
        all_of_them.include_router(each)
    return tuple(all_of_them.routes)


def _lifespan(knowledge: KnowledgeBase, background: Background, live: LiveFeed):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def run(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(_open, knowledge)
        background.start()
        live.open()
        try:
            yield
        finally:
            await live.close()
            working = await run_in_threadpool(background.stop)
            if not working:  # what still works needs the database
                await run_in_threadpool(knowledge.close)

    return run


def _open(knowledge: KnowledgeBase) -> None:
    knowledge.open()
    with knowledge.store.write() as db:
        ensure_project(db, DEFAULT_PROJECT, knowledge.clock())
