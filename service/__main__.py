"""Run ``python -m service`` like ``hazardmap``."""

from service.cli import main

main()
