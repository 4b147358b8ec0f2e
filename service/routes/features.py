"""Routes of features."""

from fastapi import APIRouter

router = APIRouter()
