"""The OpenAPI document: what Litestar finds in the routes, with the errors as they are really answered."""

from typing import Any

import msgspec
from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from darsgah.web.error_answers import Problem

ANSWERS = {
    "4XX": "The request was not done; `code` and `detail` say why. "
    "400 and 422: something in it cannot be read (`fields` names what). 401: sign in. "
    "403: not for this account. 404: nothing there, or nothing that this account may see. "
    "409: it does not fit with what is there. 412: somebody changed it meanwhile (`version` is there now). "
    "413: too large. 428: say which version you mean. 429: wait `retry_after` seconds.",
    "5XX": "A fault of the platform (500), or something that it needs is away for a moment (503).",
}


class OpenApiDocument(JsonRenderPlugin):
    """Renders the document; the framework's own shape of errors is replaced by problem details."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as JSON."""
        return super().render(request, with_problems(openapi_schema))


def with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """The document with problem details as the content of every answer that is an error."""
    _, schemas = msgspec.json.schema_components([Problem], ref_template="#/components/schemas/{name}")
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    errors = {status: {"description": text, "content": content} for status, text in ANSWERS.items()}
    paths = {
        path: {
            method: {**operation, "responses": _successes(operation["responses"]) | errors}
            for method, operation in operations.items()
        }
        for path, operations in document["paths"].items()
    }
    components = document["components"]
    return document | {
        "paths": paths,
        "components": components | {"schemas": components["schemas"] | schemas},
    }


def _successes(responses: dict[str, Any]) -> dict[str, Any]:
    return {status: answer for status, answer in responses.items() if status < "400"}
