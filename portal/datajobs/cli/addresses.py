"""Where data jobs and files are in the JSON API."""

API = "/v1/flow/data-jobs"
FILES = "/v1/flow/files"
MANY_FILES = "/v1/flow/bulk_files"
