"""The pages: each module has the context of its page, reads it, and renders it."""

from fastapi import APIRouter

from web.pages import acts, ask, categories, category, explaining, sign_in

router = APIRouter()
for module in (sign_in, categories, category, explaining, acts, ask):
    router.include_router(module.router)
