"""Routes of writes."""

from fastapi import APIRouter

router = APIRouter()
