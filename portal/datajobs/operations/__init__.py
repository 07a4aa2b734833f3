"""What can be done with data jobs. Pages, API and command line all come through here.

Every operation commits before it wakes workers: one that is quick must find what it is told about.
"""

from portal.datajobs.operations.files import add_files, remove_files, replace_file
from portal.datajobs.operations.handing_in import Handed
from portal.datajobs.operations.jobs import clone_job, create_job, delete_job, update_job
from portal.datajobs.operations.processing import cancel_processing, retry_files

__all__ = [
    "Handed",
    "add_files",
    "cancel_processing",
    "clone_job",
    "create_job",
    "delete_job",
    "remove_files",
    "replace_file",
    "retry_files",
    "update_job",
]
