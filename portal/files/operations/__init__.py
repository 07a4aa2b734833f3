"""What can be done with files. Pages, API and command line all come through here."""

from portal.files.operations.keeping import keep_path, keep_upload, remove_contents, safe_name
from portal.files.operations.library import (
    MOST_FILES,
    Added,
    Duplicate,
    TooLarge,
    add_all,
    add_many,
    add_to_library,
    faults_before_upload,
)
from portal.files.operations.paths import add_paths
from portal.files.operations.removing import Deleted, delete_file, delete_files, discard, discard_unused, hold
from portal.files.operations.renaming import rename_file

__all__ = [
    "MOST_FILES",
    "Added",
    "Deleted",
    "Duplicate",
    "TooLarge",
    "add_all",
    "add_many",
    "add_paths",
    "add_to_library",
    "delete_file",
    "delete_files",
    "discard",
    "discard_unused",
    "faults_before_upload",
    "hold",
    "keep_path",
    "keep_upload",
    "remove_contents",
    "rename_file",
    "safe_name",
]
