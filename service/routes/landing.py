"""Routes of landing."""

from fastapi import APIRouter

router = APIRouter()
