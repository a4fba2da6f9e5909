"""The OpenAPI document says what is really sent and answered, so that a client can be made from it."""

from typing import Any

import pytest

from tests.network import Platform

PROBLEM = "#/components/schemas/Problem"


@pytest.fixture
async def document(platform: Platform) -> dict[str, Any]:
    """The document as a program fetches it."""
    async with platform.client() as client:
        found: dict[str, Any] = (await client.get("/api/v1/openapi.json")).json()
    return found


def test_every_error_is_problem_details(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) > 15
    for operation in operations:
        errors = {status: answer for status, answer in operation["responses"].items() if status >= "4"}
        assert set(errors) == {"4XX", "5XX"}
        for answer in errors.values():
            assert answer["content"] == {"application/problem+json": {"schema": {"$ref": PROBLEM}}}
        assert len(operation["responses"]) == len(errors) + 1
    problem = document["components"]["schemas"]["Problem"]
    assert set(problem["required"]) == {"type", "title", "status", "detail", "code"}
    assert "SubmissionView" in document["components"]["schemas"]


def test_a_submission_is_a_form_of_files(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/assignments/{assignment_id}/submissions"]["post"]
    body = operation["requestBody"]
    assert body["required"] is True
    form = body["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["notebook"]
    assert form["properties"]["notebook"]["type"] == "array"
    files = form["properties"]["notebook"]["items"]
    assert (files["type"], files["format"]) == ("string", "binary")


def test_a_draft_is_a_notebook_saved_over_a_version(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/assignments/{assignment_id}/drafts/{name}"]["put"]
    assert operation["requestBody"]["required"] is True
    content = operation["requestBody"]["content"]
    assert set(content) == {"application/json", "application/x-ipynb+json"}
    assert content["application/json"]["schema"]["required"] == ["nbformat", "cells"]
    headers = {found["name"] for found in operation["parameters"] if found["in"] == "header"}
    assert {"If-Match", "X-Client"} <= headers
    assert document["components"]["schemas"]["Problem"]["properties"]["version"]
    assert "SavedDraft" in document["components"]["schemas"]
