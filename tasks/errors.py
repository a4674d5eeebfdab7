"""Every exception that Communiqué raises on purpose.

CommuniqueError
├── ConfigError        settings, a source's column map or a lexicon that cannot be used
├── InputError         an INPUT that does not exist or cannot be opened at all
├── RecordRejected     one record or file is refused by rule; becomes a row of `rejects`
├── StageFailed        a stage could not finish a batch
├── TooManyRejects     a run ended well, and more was refused than the settings allow
├── ServerFailed       Prefect's server does not start, or does not answer
├── ClusterFailed      a Dask cluster cannot be reached, or is not what it must be
├── StorageFailed      object storage does not do what is asked of it
└── DatasetError       the dataset on disk is not what it should be
    ├── DatasetBusy    another run holds the dataset
    └── OffsetMismatch a value does not stand where its offsets say
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any


class RejectCode(StrEnum):
    """Why a record is not in `documents`."""

    EMPTY = "empty"
    NO_TEXT = "no_text"
    NOT_TEXT = "not_text"
    UNKNOWN_FORMAT = "unknown_format"
    UNREADABLE = "unreadable"
    BAD_ENCODING = "bad_encoding"
    BAD_RECORD = "bad_record"
    TRUNCATED = "truncated"
    UNSAFE_PATH = "unsafe_path"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TOO_MANY = "too_many"
    BOMB = "bomb"
    ENCRYPTED = "encrypted"
    LANGUAGE = "language"
    STAGE_FAILED = "stage_failed"


#: What the system says when a disk is full.
FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

#: What disks say of themselves, and not of the data.
OF_DISKS = FULL_DISK | {errno.EIO, errno.ESTALE}


class CommuniqueError(Exception):
    """Base of all errors raised on purpose."""


class ConfigError(CommuniqueError):
    """Settings, a column map or a lexicon cannot be used."""


class InputError(CommuniqueError):
    """An input does not exist or cannot be opened at all."""


class RecordRejected(CommuniqueError):
    """A record or file is refused.

    Args:
        code: The rule that refused it.
        message: One sentence for a person.
        excerpt: The start of what was refused, where there is any.
    """

    def __init__(self, code: RejectCode, message: str, excerpt: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.excerpt = excerpt


class StageFailed(CommuniqueError):
    """A stage could not finish a batch."""


class TooManyRejects(CommuniqueError):
    """A run is done, and more was refused or could not be read than the settings allow.

    Args:
        message: One sentence with the counts.
        ledger: What the run reports.
    """

    def __init__(self, message: str, ledger: Any) -> None:
        super().__init__(message)
        self.ledger = ledger


class ServerFailed(CommuniqueError):
    """Prefect's server does not start, or does not answer."""


class ClusterFailed(CommuniqueError):
    """A Dask cluster cannot be reached, or its workers are not what they must be."""


class StorageFailed(CommuniqueError, OSError):
    """Object storage does not do what is asked of it: what a disk's failure is to a local file.

    Args:
        message: What is wrong, in a sentence.
    """

    def __init__(self, message: str) -> None:
        super().__init__(errno.EIO, message)

    def __str__(self) -> str:
        return self.strerror or ""

    def __reduce__(self) -> tuple[type[StorageFailed], tuple[str]]:
        return StorageFailed, (str(self),)


class DatasetError(CommuniqueError):
    """The dataset on disk is not what it should be."""


class DatasetBusy(DatasetError):
    """Another run holds the dataset."""


class OffsetMismatch(DatasetError):
    """A value does not stand where its offsets say."""


@contextmanager
def name_file(path: Path) -> Iterator[None]:
    """Let a failure of the system inside say which file it was about: a full disk while writing does not."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
        raise
