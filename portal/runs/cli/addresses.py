"""Where runs are in the JSON API."""

API = "/api/v1/ingest"
