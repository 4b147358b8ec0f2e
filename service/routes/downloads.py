"""Routes of downloads."""

from fastapi import APIRouter

router = APIRouter()
