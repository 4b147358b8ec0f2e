"""Routes of reconciliation."""

from fastapi import APIRouter

router = APIRouter()
