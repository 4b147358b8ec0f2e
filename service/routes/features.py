"""Items of the layers, and single features."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from geodata.register import Snapshot
from service.auth import CallerDep
from service.collections import Collection
from service.collections import collection as find
from service.drawing.small import light_districts
from service.handouts import handed_out, marked
from service.http import media
from service.http.files import file_answer
from service.http.request import (
    Context,
    Link,
    ReadsLayer,
    SettingsDep,
    SnapshotDep,
    asks_full,
    header,
)
from service.http.tags import matches
from service.ogc import items
from service.ogc.answers import feature_answer
from service.ogc.query import ItemsQuery, feature_parameters, items_parameters, read_items
from service.ogc.selection import Page, page_of
from service.ogc.space import systems_of
from service.pages.ogc import item_html, items_html

router = APIRouter()

ItemsDep = Annotated[
    Context, Depends(ReadsLayer(media.ITEMS, schema="{layer}Features", model_of=items_parameters))
]
FeatureDep = Annotated[
    Context,
    Depends(ReadsLayer(media.FEATURE, schema="{layer}Feature", model_of=feature_parameters)),
]
HTML_ROWS = 1_000
"""Most rows of a page for people, who have the next page and the downloads."""
STREAMED_FROM = 2_000
"""Features from which on a page is sent in pieces."""


@router.get("/collections/{collection_id}/items", operation_id="get{Layer}")
def get_items(
    request: Request,
    snapshot: SnapshotDep,
    settings: SettingsDep,
    who: CallerDep,
    context: ItemsDep,
    collection_id: str,
) -> Response:
    """Give features of a layer."""
    collection = find(collection_id)
    paged = context.offer.key in ("json", "html")
    if not context.html:
        # What a browser's session saves is handed on; a key sent with the request is on purpose.
        full = asks_full(request, who, otherwise=who.session is None)
        snapshot = handed_out(snapshot, settings.restricted_location, full=full)
        request.state.view = snapshot.view
    query = read_items(
        context.query,
        collection,
        max_limit=min(settings.max_limit, HTML_ROWS) if context.html else settings.max_limit,
        paged=paged,
        systems=systems_of(snapshot, collection),
    )
    # A page says when it was given and may hold a form's token; a file is the same bytes.
    tag = context.tag(snapshot, daily=collection.computed, strong=not paged)
    headers = {"Content-Crs": f"<{query.crs_uri}>"}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers | context.cache_headers(tag))
    page = page_of(snapshot, query)
    headers |= _counts(context, query, page)
    if not paged:
        return _file(context, snapshot, query, page, tag, headers | context.cache_headers(tag))

    def make() -> bytes | str:
        if context.html:
            body = items.items_body(context, snapshot, query, page)
            about = _about(collection)
            return items_html(
                body,
                context.view,
                collection=about,
                outlines=light_districts(snapshot),
                schema=collection.schema,
            )
        return b"".join(items.items_bytes(context, snapshot, query, page))

    if not context.html and len(page.rows) >= STREAMED_FROM:
        return StreamingResponse(
            items.items_bytes(context, snapshot, query, page),
            media_type=context.offer.media_type,
            headers=headers | context.cache_headers(tag),
        )
    return context.answer(make, tag=tag, headers=headers)


def _counts(context: Context, query: ItemsQuery, page: Page) -> dict[str, str]:
    links: list[Link] = items.page_links(context, query, page)
    near = [one for one in links if one["rel"] in ("self", "next", "prev")]
    return {
        "OGC-NumberMatched": str(page.matched),
        "OGC-NumberReturned": str(len(page.rows)),
        "Link": header(near),
    }


def _file(
    context: Context,
    snapshot: Snapshot,
    query: ItemsQuery,
    page: Page,
    tag: str,
    headers: dict[str, str],
) -> Response:
    name = marked(items.file_name(context, query), snapshot)
    request = context.request
    return file_answer(
        request,
        request.app.state.files,
        lambda: items.file_bytes(context, snapshot, query, page),
        tag=tag,
        media_type=context.offer.media_type,
        headers=headers | {"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _about(collection: Collection) -> dict[str, str]:
    return {
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
    }


@router.get("/collections/{collection_id}/items/{feature_id:path}", operation_id="getOne{Layer}")
def get_feature(
    snapshot: SnapshotDep,
    settings: SettingsDep,
    context: FeatureDep,
    collection_id: str,
    feature_id: str,
) -> Response:
    """Give one feature of a layer."""
    collection = find(collection_id)
    context.query.only(feature_parameters(collection, settings.max_limit).names())
    query = read_items(
        context.query,
        collection,
        max_limit=settings.max_limit,
        systems=systems_of(snapshot, collection),
    )

    def page(body: dict[str, Any]) -> str:
        return item_html(
            body,
            context.view,
            collection=_about(collection),
            outlines=light_districts(snapshot),
            schema=collection.schema,
        )

    return feature_answer(context, snapshot, feature_id, query, page)
