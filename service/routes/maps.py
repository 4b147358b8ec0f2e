"""Routes of maps."""

from fastapi import APIRouter

router = APIRouter()
