"""The pages: each module has the context of its page, reads it, and renders it."""

from fastapi import APIRouter

from web.pages import data, reference
from web.pages.asking import ask, handing_over, questions, questions_one, teaching
from web.pages.browsing import acts, caring, categories, category, category_writing, explaining
from web.pages.correcting import keep_rules, rules, what_if
from web.pages.queueing import queue, queue_acts, queue_live, queue_many, queue_split, queue_views
from web.pages.signing_in import people, people_account, sign_in, sign_in_oidc
from web.pages.solving import solutions, solutions_acts, solutions_editing, solutions_one
from web.pages.watching import dashboard, ingest, live, outbox

router = APIRouter()
for module in (
    sign_in,
    solutions,
    solutions_editing,
    solutions_one,
    solutions_acts,
    sign_in_oidc,
    people,
    people_account,
    queue,
    queue_acts,
    queue_many,
    queue_split,
    queue_live,
    queue_views,
    live,
    categories,
    category,
    category_writing,
    explaining,
    acts,
    caring,
    what_if,
    rules,
    keep_rules,
    ask,
    teaching,
    handing_over,
    questions,
    questions_one,
    outbox,
    ingest,
    dashboard,
    data,
    reference,
):
    router.include_router(module.router)
