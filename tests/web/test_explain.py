"""The box that explains a line, and its route: both languages, hostile lines, other projects' ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base.embedding import Embedder, HashingEmbedder
from knowledge_base.errors import ModelUnavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.signature import sign
from knowledge_base.store.projects import ensure_project
from tests.web.conftest import BASE, DISK, NOW, QUEUE, records
from tests.web.roles import link_cookie
from web.app import create_app
from web.identity.session import COOKIE

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
LINE = f"2026-11-23 10:22:33 ERROR [main] org.acme.Job: {DISK.format(n=7)}"


def box(client: TestClient, category: str, text: str, **headers: str) -> str:
    answer = client.post(f"/categories/{category}/explain", data={"text": text}, headers={**PARTIAL, **headers})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_route_tells_the_way_and_the_category(signed_in: TestClient, solved: str) -> None:
    found = signed_in.post("/api/v1/explain", json={"text": LINE}).json()
    assert (found["template"], found["fingerprint"]) == (sign(LINE).template, sign(LINE).fingerprint)
    assert (found["header"]["level"], found["header"]["service"]) == ("ERROR", "org.acme.Job")
    assert found["header"]["at"].startswith("2026-11-23T10:22:33")
    for step in found["steps"]:
        assert found["text"][step["start"] : step["end"]] == step["matched"]
    assert found["recognised"]["how"] == "exact"
    assert found["recognised"]["best"]["category_id"] == solved
    assert found["recognised"]["best"]["solution_title"] == "The data disk is full"


def test_the_route_keeps_and_shows_no_secret(signed_in: TestClient, disk_id: str) -> None:
    before = signed_in.get("/api/v1/questions").text
    answer = signed_in.post("/api/v1/explain", json={"text": f"{LINE} password=hunter2hunter2"})
    assert "hunter2" not in answer.text
    assert [step["stage"] for step in answer.json()["steps"]].count("secret") == 1
    assert signed_in.get("/api/v1/questions").text == before


def test_the_route_has_a_limit(signed_in: TestClient) -> None:
    assert signed_in.post("/api/v1/explain", json={"text": "x" * 500_001}).status_code == 422
    found = signed_in.post("/api/v1/explain", json={"text": "word 17 " * 60_000})
    assert found.status_code == 200
    assert len(found.json()["steps"]) <= 1_000
    assert "event" in [step["rule"] for step in found.json()["steps"] if step["stage"] == "limit"]


def test_a_similar_line_is_told_with_its_runner_up(signed_in: TestClient, disk_id: str) -> None:
    found = signed_in.post("/api/v1/explain", json={"text": f"hello all\n{DISK.format(n=9)}\nany idea?"}).json()
    assert found["recognised"]["how"] == "line"
    assert found["recognised"]["best"]["category_id"] == disk_id
    strange = signed_in.post("/api/v1/explain", json={"text": "zebra quagga okapi"}).json()
    assert strange["recognised"]["how"] == "nothing"


class NoModel(HashingEmbedder):
    """A model that cannot be opened."""

    def embed(self, texts):  # type: ignore[no-untyped-def]
        raise ModelUnavailable("the model is not there; run `make model`")


@pytest.fixture
def without_model(settings: Settings, knowledge: KnowledgeBase) -> Iterator[TestClient]:
    embedder: Embedder = NoModel()
    app = create_app(
        settings, clock=lambda: NOW, knowledge=KnowledgeBase(settings, clock=lambda: NOW, embedder=embedder)
    )
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        client.cookies.set(COOKIE, link_cookie(client.app))  # type: ignore[arg-type]
        yield client


def test_without_a_model_a_known_line_is_told_and_of_others_why_not(without_model: TestClient) -> None:
    assert without_model.post("/api/v1/explain", json={"text": LINE}).json()["recognised"]["how"] == "exact"
    recognised = without_model.post("/api/v1/explain", json={"text": "never seen"}).json()["recognised"]
    assert recognised["how"] == "nothing"
    assert "make model" in recognised["not_searched"]


def test_the_page_has_an_opener_for_each_template_and_sample(signed_in: TestClient, disk_id: str) -> None:
    page = signed_in.get(f"/categories/{disk_id}").text
    template = re.search(rf'href="(/categories/{disk_id}/explain\?template=T-\d+)"', page)
    assert template
    shown = signed_in.get(template[1], headers=PARTIAL).text
    assert "Why it is here." in shown
    assert "<html" not in shown
    samples = re.findall(r'<input type="hidden" name="text" value="([^"]*)">', page)
    assert samples
    answer = signed_in.post(
        f"/categories/{disk_id}/explain", data={"text": unescape(samples[0]), "pasted": "false"}, headers=PARTIAL
    )
    assert "Why it is here." in answer.text
    assert sign(unescape(samples[0])).fingerprint in answer.text


def test_a_pasted_line_lands_here_or_elsewhere(signed_in: TestClient, disk_id: str, queue_id: str) -> None:
    here = box(signed_in, disk_id, LINE)
    assert "It lands here." in here
    assert '<span class="variable place" title="path · path or file name">/data/7/part-7.parquet</span>' in here
    assert '<span class="head" title="header">' in here
    elsewhere = box(signed_in, queue_id, LINE)
    assert "It lands elsewhere:" in elsewhere
    assert f'href="/categories/{disk_id}"' in elsewhere
    never = box(signed_in, disk_id, "zebra quagga okapi")
    assert "Never seen: it begins a category of its own." in never


def test_without_scripts_it_is_a_page(signed_in: TestClient, disk_id: str) -> None:
    answer = signed_in.post(f"/categories/{disk_id}/explain", data={"text": LINE})
    assert answer.status_code == 200
    assert "<html" in answer.text
    assert "It lands here." in answer.text
    assert LINE in answer.text
    empty = signed_in.get(f"/categories/{disk_id}/explain")
    assert empty.status_code == 200
    assert "Paste a line first." in empty.text


def test_in_chinese(signed_in: TestClient, disk_id: str) -> None:
    shown = box(signed_in, disk_id, LINE, **CHINESE)
    assert "会归到这里。" in shown
    assert "路径或文件名" in shown


@pytest.mark.parametrize(
    "text",
    [
        '<script>alert("x")</script> 17 <img src=x onerror=alert(1)>',
        "{{ 7*7 }} %(n)s %s 17",
        "\x00\x01\x1b[31m \u202e \ue000 17",
        "</textarea></form><b>17",
    ],
)
def test_hostile_lines_are_only_text(signed_in: TestClient, disk_id: str, text: str) -> None:
    for answer in (
        box(signed_in, disk_id, text),
        signed_in.post(f"/categories/{disk_id}/explain", data={"text": text}).text,
    ):
        for markup in ("<script>alert", "<img src=x", "</textarea></form><b>"):
            assert markup not in answer
        assert "49" not in re.sub(r"<[^>]*>|[0-9a-f]{16}", "", answer)


def test_long_lines_are_shown_in_part_or_refused(signed_in: TestClient, disk_id: str) -> None:
    shown = box(signed_in, disk_id, "disk 17 is full; " * 5_000)
    assert "more characters" in shown
    assert "more steps are not shown" in shown
    assert len(shown) < 100_000
    refused = signed_in.post(f"/categories/{disk_id}/explain", data={"text": "x" * 100_001})
    assert refused.status_code == 400
    assert "The text is too long" in refused.text
    assert signed_in.post(f"/categories/{disk_id}/explain", data={"text": "x" * 1_000_001}).status_code == 413


def test_another_projects_ids_are_refused(signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str) -> None:
    with knowledge.store.write() as db:
        ensure_project(db, "other", NOW)
    kept = Pipeline(knowledge, "other").keep(records("other", "alarm of oven {n}", count=3, service="other-service"))
    foreign, template = kept[0].category_id, kept[0].template_id
    assert signed_in.get(f"/categories/{foreign}/explain").status_code == 404
    assert signed_in.post(f"/categories/{foreign}/explain", data={"text": LINE}).status_code == 404
    shown = signed_in.get(f"/categories/{disk_id}/explain?template={template}", headers=PARTIAL)
    assert "oven" not in shown.text
    assert "other-service" not in shown.text
    found = signed_in.post("/api/v1/explain", json={"text": "alarm of oven 7"})
    assert foreign not in found.text
    assert signed_in.get(f"/categories/{disk_id}/explain?template=rubbish").status_code == 404


def test_a_template_of_another_category_is_not_explained_here(
    signed_in: TestClient, disk_id: str, queue_id: str
) -> None:
    template = signed_in.get(f"/api/v1/categories/{queue_id}/templates").json()[0]["id"]
    shown = signed_in.get(f"/categories/{disk_id}/explain?template={template}", headers=PARTIAL).text
    assert QUEUE.split()[0] not in shown
