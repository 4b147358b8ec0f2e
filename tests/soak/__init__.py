"""Endurance: minutes of kills, leaks looked for, hostile requests and load (``make soak``)."""
