"""Routes of risk."""

from fastapi import APIRouter

router = APIRouter()
