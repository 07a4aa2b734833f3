"""SFTP servers prove who they are by keys that were seen before, as with OpenSSH."""

from __future__ import annotations

from pathlib import Path

from paramiko import HostKeys, MissingHostKeyPolicy, PKey, SSHClient

from portal.sources.problems import SourceProblem


class OnlyKnownHosts(MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko ships no types
    """Takes only keys that stand in `path`, a file as `ssh-keyscan` writes it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def missing_host_key(self, client: SSHClient, hostname: str, key: PKey) -> None:  # noqa: ARG002 - paramiko's signature
        """Raises SourceProblem for a key that isn't the host's known one."""
        known = HostKeys(str(self._path)) if self._path.is_file() else HostKeys()
        if not known.check(hostname, key):
            host, _, port = hostname.strip("[").partition("]:")
            option = f"-p {port} " if port else ""
            raise SourceProblem(
                f"The key of the SFTP server {host} isn't known here, or has changed.",
                "Ask your administrator to compare it with the server's, then to add it for the workers: "
                f"ssh-keyscan {option}{host} >> {self._path}",
            )
