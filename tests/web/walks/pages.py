"""Every page there is, by its route: the addresses at which it looks different."""

from __future__ import annotations

from collections.abc import Mapping

from tests.web.walks.scene import Scene
from web.guarding.roles_table import ROUTES

NO_PAGES = frozenset({
    "/healthz", "/readyz",  # for programs
    "/sign-in/oidc", "/sign-in/oidc/callback",  # lead elsewhere
    "/queue/preview/{category_id}", "/what-if/search", "/rules/hits", "/settings/data/jobs", "/solutions/more/{kind}",
    "/solutions/{solution_id}/categories", "/queue/split/{category_id}", "/queue/many", "/queue/rows",
    "/rules/keep/hits", "/events", "/events/meanwhile",  # parts of pages
    "/categories/{category_id}/solution", "/solutions/{solution_id}/save",  # lead back to their pages
    "/settings/data/export", "/settings/data/solutions.csv",  # files
})  # fmt: skip
"""Routes that are asked for with GET and give no page."""


def pages(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    """Give the addresses of each page, by its route."""
    new, solved, draft = f"/categories/{scene.new[0]}", "/categories/KE-1", f"/solutions/{scene.draft}"
    return {
        "/": ("/", "/?q=zzzz", "/?project=empty"),
        "/queue": ("/queue", "/queue?q=zzzz", "/queue?status=ignored", "/queue?project=empty"),
        "/categories/{category_id}": (new, f"{new}?range=day&history=all", solved, f"/categories/{scene.new[2]}"),
        "/categories/{category_id}/explain": (f"{new}/explain?template=T-1",),
        "/ask": ("/ask", "/ask?text=no+space+left"),
        "/questions": ("/questions", "/questions?q=zzzz", "/questions?state=unknown", "/questions?project=empty"),
        "/questions/{question_id}": ("/questions/Q-1?find=space", "/questions/Q-3"),
        "/solutions": ("/solutions", "/solutions?q=zzzz", "/solutions?project=empty"),
        "/solutions/{solution_id}": ("/solutions/S-1", draft),
        "/solutions/{solution_id}/edit": (f"{draft}/edit",),
        "/solutions/new": ("/solutions/new",),
        "/rules": ("/rules", "/rules?project=empty"),
        "/dashboard": ("/dashboard", "/dashboard?period=24h", "/dashboard?project=empty"),
        "/ingest": ("/ingest", "/ingest?project=empty"),
        "/outbox": ("/outbox", "/outbox?state=sent", "/outbox?project=empty"),
        "/settings/data": ("/settings/data",),
        "/people": ("/people",),
        "/account": ("/account",),
        "/docs": ("/docs",),
        "/sign-in": ("/sign-in", "/sign-in?token=no"),
    }


def routes_of_pages() -> set[str]:
    """Every route that gives a page, by the table of roles."""
    asked = {path for method, _, path in (name.partition(" ") for name in ROUTES) if method == "GET"}
    return {path for path in asked if not path.startswith("/api/")} - NO_PAGES
