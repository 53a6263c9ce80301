# SPDX-License-Identifier: MIT
"""Runs smtptestd for the tests; the environment variable SMTPTESTD is its path."""
from __future__ import annotations

import os
import pathlib
import subprocess
import tempfile
import time


class Server:
    """A server with its own folder. With script, it plays a transcript."""

    def __init__(self, *options: str, script: str = "", mode: str = "whole") -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        command = [os.environ["SMTPTESTD"], "-dir", str(self.folder), "-for", "60s", *options]
        if script:
            command += ["-script", script, "-mode", mode]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        ready = self.folder / "ready"
        deadline = time.monotonic() + 20
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start: " + self.end())
            time.sleep(0.005)
        said = dict(line.split("=", 1) for line in ready.read_text().splitlines())
        self.port, self.ca = int(said["port"]), said["ca"]

    def mail(self, number: int = 1) -> bytes:
        return (self.folder / "mail" / f"{number}.eml").read_bytes()

    def finish(self) -> tuple[int, str]:
        """Waits until the transcript ends, and returns the server's status and output."""
        said, _ = self.process.communicate(timeout=30)
        self._folder.cleanup()
        return self.process.returncode, said

    def end(self) -> str:
        self.process.terminate()
        return self.finish()[1]

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.process.returncode is None:
            self.end()
