"""Landing page, conformance, and the description of the layers."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from service.collections import collection as find
from service.http import media
from service.http.reader import view_of
from service.http.request import Context, SnapshotDep, context_of
from service.ogc import descriptions, schemas
from service.pages.ogc import collection_html, collections_html, landing_html
from service.pages.overview import overview_html

router = APIRouter()


@router.get("/")
def landing(request: Request, snapshot: SnapshotDep) -> Response:
    """Give the landing page."""
    context = context_of(request, media.RESOURCE)
    body = descriptions.landing(context)

    def make() -> bytes | str:
        return overview_html(snapshot, view_of(request)) if context.html else orjson.dumps(body)

    return context.answer(make, tag=context.tag(snapshot, daily=context.html))


@router.get("/conformance")
def conformance(request: Request, snapshot: SnapshotDep) -> Response:
    """Give the conformance classes."""
    context = context_of(request, media.RESOURCE)

    def make() -> bytes | str:
        if context.html:
            return landing_html(descriptions.conformance_page(context), view_of(request))
        return orjson.dumps(descriptions.conformance(context))

    return context.answer(make, tag=context.tag(snapshot))


@router.get("/collections")
def collections(request: Request, snapshot: SnapshotDep) -> Response:
    """List the layers."""
    context = context_of(request, media.RESOURCE)

    def make() -> bytes | str:
        body = descriptions.collections(context, snapshot)
        return collections_html(body, view_of(request)) if context.html else orjson.dumps(body)

    return context.answer(make, tag=context.tag(snapshot, daily=True))


@router.get("/collections/{collection_id}")
def collection(request: Request, snapshot: SnapshotDep, collection_id: str) -> Response:
    """Describe one layer."""
    one = find(collection_id)
    context = context_of(request, media.RESOURCE)

    def make() -> bytes | str:
        body = descriptions.collection_resource(context, snapshot, one)
        return collection_html(body, view_of(request)) if context.html else orjson.dumps(body)

    return context.answer(make, tag=context.tag(snapshot, daily=one.computed))


@router.get("/collections/{collection_id}/queryables")
def queryables(request: Request, snapshot: SnapshotDep, collection_id: str) -> Response:
    """Give what can be used in filters."""
    one = find(collection_id)
    context = context_of(request, media.JSON_SCHEMA)
    body = schemas.queryables(one, context.links)
    return _schema(context, snapshot, one, body)


@router.get("/collections/{collection_id}/schema")
def schema(request: Request, snapshot: SnapshotDep, collection_id: str) -> Response:
    """Give the schema of a layer's features."""
    one = find(collection_id)
    context = context_of(request, media.JSON_SCHEMA)
    body = schemas.feature_schema(one, context.links)
    return _schema(context, snapshot, one, body)


def _schema(context: Context, snapshot: SnapshotDep, one: Any, body: dict[str, Any]) -> Response:
    def make() -> bytes | str:
        if not context.html:
            return orjson.dumps(body)
        described = descriptions.collection_resource(context, snapshot, one)
        return collection_html(described, view_of(context.request))

    return context.answer(make, tag=context.tag(snapshot))
