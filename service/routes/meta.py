"""Routes of meta."""

from fastapi import APIRouter

router = APIRouter()
