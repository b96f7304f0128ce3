"""Tornado: the REST API, the pages and the two WebSocket endpoints. Each module ends with its routes."""
