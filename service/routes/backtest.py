"""Routes of backtest."""

from fastapi import APIRouter

router = APIRouter()
