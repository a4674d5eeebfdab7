"""Bundles on their way through the stages: a bounded number at a time, taken in the order in which they were sent.

Order: send a bundle's stages, each as soon as those that it needs are done → wait for the oldest where there are too
many → what failed over several batches is tried batch by batch, so that one does not take the others along.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from prefect.futures import PrefectFuture

from flows.ledger import Ledger
from flows.progress import RunProgress
from flows.stages import STAGES, Stage
from tasks.errors import ClusterFailed
from tasks.publish.log import Batch
from tasks.publish.rows import StagedRows
from tasks.publish.task import Publication
from tasks.settings import Settings
from tasks.staging import BundleRef

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Origin:
    """Where a bundle comes from.

    Attributes:
        label: Its files, for a person, and which part of them it is.
        is_part: Whether it holds some records of a file and not all.
        after: The task that staged it.
    """

    label: str
    is_part: bool
    after: Sequence[PrefectFuture[Any]]


def origins(bundles: Sequence[BundleRef], after: Sequence[PrefectFuture[Any]]) -> list[Origin]:
    """Return where the bundles come from that one task staged."""
    uris = [tuple(dict.fromkeys(batch.uri for batch in bundle.batches)) for bundle in bundles]
    parts, seen = Counter(uris), Counter[tuple[str, ...]]()
    found = []
    for own in uris:
        seen[own] += 1
        part = f" {seen[own]}/{parts[own]}" if parts[own] > 1 else ""
        found.append(Origin(f"{label_files(own)}{part}", bool(part), after))
    return found


def label_files(uris: Sequence[str]) -> str:
    """Return files for a person: the first by its name, and how many more.

    Example:
        >>> label_files(["inbox/a.csv", "inbox/b.csv", "inbox/c.csv"])
        'a.csv and 2 more'
    """
    first = Path(uris[0]).name if uris else "nothing"
    return first if len(uris) < 2 else f"{first} and {len(uris) - 1:,} more"


@dataclass
class Sent:
    """A bundle that was sent.

    Attributes:
        bundle: The bundle.
        origin: Where it comes from.
        stages: What is done about it before it is published.
        publication: What it is published with.
        futures: Of its tasks, by stage.
        done: The bundles that came of it, assembled: itself, or its sound batches one by one.
    """

    bundle: BundleRef
    origin: Origin
    stages: Sequence[Stage]
    publication: Publication
    futures: list[tuple[str, PrefectFuture[Any]]] = field(default_factory=list)
    done: list[BundleRef] = field(default_factory=list)

    def batches(self) -> list[Batch]:
        """Return the batches that are assembled."""
        return [batch for bundle in self.done for batch in StagedRows(bundle).batches]


class Pipeline:
    """Sends bundles through stages.

    Args:
        submit: Sends a task with its values to where tasks run.
        settings: All settings; a stage gets its own section.
        ledger: What tasks cost and what fails is noted in it.
        most: Bundles that are under way at a time.
        progress: Is told of what is sent, waited for and assembled.
    """

    def __init__(
        self,
        submit: Callable[..., PrefectFuture[Any]],
        settings: Settings,
        ledger: Ledger,
        most: int,
        progress: RunProgress,
    ) -> None:
        self._submit = submit
        self._settings = settings
        self._ledger = ledger
        self._most = most
        self._progress = progress
        self._under_way: deque[Sent] = deque()
        #: Files of which something failed, by uri.
        self.failed: dict[str, str] = {}

    def send(self, bundle: BundleRef, origin: Origin, stages: Sequence[Stage], publication: Publication) -> Sent:
        """Send a bundle on its way, unless an interrupted run has assembled it."""
        sent = Sent(bundle, origin, stages, publication)
        self._progress.send(len(bundle.batches))
        if StagedRows.staged(bundle, publication.digest(bundle)) is not None:
            sent.done.append(bundle)
            self._note_done(sent)
            return sent
        while len(self._under_way) >= self._most:
            self._take()
        self._start(sent)
        self._under_way.append(sent)
        return sent

    def finish(self, sent: Sent) -> None:
        """Wait until a bundle, and all that were sent before it, are assembled."""
        while any(one is sent for one in self._under_way):
            self._take()

    def _start(self, sent: Sent) -> None:
        started: dict[str, PrefectFuture[Any]] = {}
        for stage in sent.stages:
            wait_for = [started[name] for name in stage.after if name in started] or list(sent.origin.after)
            values = {"bundle": sent.bundle, "settings": getattr(self._settings, stage.name)}
            started[stage.name] = self._submit(stage.task(), values, sent.origin.label, wait_for=wait_for)
        values = {"bundle": sent.bundle, "publication": sent.publication}
        started["publish"] = self._submit(
            STAGES["publish"].task(), values, sent.origin.label, wait_for=list(started.values())
        )
        sent.futures = list(started.items())

    def _take(self) -> None:
        sent = self._under_way.popleft()
        is_one = len(sent.bundle.batches) == 1
        if self._collect(sent, is_last=is_one) or is_one:
            return
        for batch in sent.bundle.batches:
            alone = Sent(sent.bundle.narrow({batch.batch_id}), sent.origin, sent.stages, sent.publication)
            self._start(alone)
            if self._collect(alone, is_last=True):
                sent.done += alone.done
        sent.bundle.discard()

    def _collect(self, sent: Sent, *, is_last: bool) -> bool:
        """Wait for a bundle. Returns whether it is assembled; if it is the last try, why not is noted."""
        stage, seconds = "publish", 0.0
        try:
            for name, future in sent.futures:
                stage = name
                self._progress.await_stage(name)
                result = future.result()
                failures, cost = result if name == "publish" else ({}, result)
                self._ledger.charge(cost)
                seconds += cost.task_cpu_s
        except (OSError, ClusterFailed):
            raise  # a full disk, a folder or cluster that went away: nothing else will go on, either
        except Exception as error:
            if is_last:
                uri = sent.bundle.batches[0].uri
                place = f"{_records_of(sent.bundle)}: " if sent.origin.is_part else ""
                logger.exception("%s: %s%s failed", uri, place, stage)
                self.fail(uri, f"{place}{stage} failed: {type(error).__name__}: {error}")
            return False
        for uri, reason in failures.items():
            self.fail(uri, f"publish failed: {reason}")
        sent.done.append(sent.bundle)
        self._ledger.spend(sent.bundle.batches, seconds)
        documents = self._note_done(sent)
        logger.info(
            "%s: %d records, %d documents, %.1f s", sent.origin.label, sent.bundle.n_records, documents, seconds
        )
        for path in Path(sent.bundle.folder).glob("[!a]*.arrow"):
            path.unlink()  # what is assembled needs no more of it
        return True

    def _note_done(self, sent: Sent) -> int:
        """Tell that a bundle is assembled. Returns its documents."""
        batches = sent.batches()
        documents, rejects = (sum(batch.rows.get(name, 0) for batch in batches) for name in ("documents", "rejects"))
        self._progress.advance(len(sent.bundle.batches), sent.bundle.size, documents, rejects)
        return documents

    def fail(self, uri: str, reason: str) -> None:
        """Note that a file could not be published as a whole, and why at first."""
        if uri not in self.failed:
            self._ledger.failures.append(f"{uri}: {reason}")
        self.failed.setdefault(uri, reason)


def _records_of(bundle: BundleRef) -> str:
    """Return which records of their file a bundle holds, for a person."""
    name = next((name for name in ("ingested", "normalized") if bundle.has(name)), None)
    numbers = pc.min_max(bundle.read(name)["record"]).as_py() if name else {"min": None}
    return f"{bundle.n_records} records" if numbers["min"] is None else f"records {numbers['min']} to {numbers['max']}"
