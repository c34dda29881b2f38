"""The pages: each module has the context of its page, reads it, and renders it."""

from fastapi import APIRouter

from web.pages import acts, ask, categories, category, explaining, handing_over, sign_in, teaching

router = APIRouter()
for module in (sign_in, categories, category, explaining, acts, ask, teaching, handing_over):
    router.include_router(module.router)
