"""What can be done with data jobs. Pages, API and command line all come through here.

Every operation commits before it wakes workers: one that is quick must find what it is told about.
"""

from portal.datajobs.operations.files import add_files, remove_files, replace_file
from portal.datajobs.operations.handing_in import Handed
from portal.datajobs.operations.ingesting import ingest
from portal.datajobs.operations.jobs import clone_job, create_job, delete_job, update_job, versions_of
from portal.datajobs.operations.processing import cancel_processing, retry_files
from portal.datajobs.operations.starting import cancel_job, start_job
from portal.datajobs.operations.suggesting import suggest_prompt

__all__ = [
    "Handed",
    "add_files",
    "cancel_job",
    "cancel_processing",
    "clone_job",
    "create_job",
    "delete_job",
    "ingest",
    "remove_files",
    "replace_file",
    "retry_files",
    "start_job",
    "suggest_prompt",
    "update_job",
    "versions_of",
]
