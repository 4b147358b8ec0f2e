"""The definition of the API, OpenAPI 3.0, written by hand from the layers' schemas."""

from service.ogc.openapi.document import document

__all__ = ["document"]
