"""Routes of pages."""

from fastapi import APIRouter

router = APIRouter()
