"""Bundles on their way through the stages: a bounded number at a time, taken in the order in which they were sent.

Order: send a bundle's stages, each as soon as those that it needs are done → wait for the oldest where there are too
many → what failed over several batches is tried batch by batch, so that one does not take the others along.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prefect.futures import PrefectFuture

from flows.ledger import Ledger
from flows.stages import STAGES, Stage
from tasks.errors import ClusterFailed
from tasks.publish.log import Batch
from tasks.publish.rows import StagedRows
from tasks.publish.task import Publication
from tasks.settings import Settings
from tasks.staging import BundleRef

logger = logging.getLogger(__name__)


@dataclass
class Sent:
    """A bundle that was sent.

    Attributes:
        bundle: The bundle.
        stages: What is done about it before it is published.
        publication: What it is published with.
        futures: Of its tasks, by stage.
        done: The bundles that came of it, assembled: itself, or its sound batches one by one.
    """

    bundle: BundleRef
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
        advance: Is told of bytes of raw text and documents that are assembled.
    """

    def __init__(
        self,
        submit: Callable[..., PrefectFuture[Any]],
        settings: Settings,
        ledger: Ledger,
        most: int,
        advance: Callable[[int, int], None],
    ) -> None:
        self._submit = submit
        self._settings = settings
        self._ledger = ledger
        self._most = most
        self._advance = advance
        self._under_way: deque[Sent] = deque()
        #: Files of which something failed, by uri.
        self.failed: dict[str, str] = {}

    def send(self, bundle: BundleRef, stages: Sequence[Stage], publication: Publication) -> Sent:
        """Send a bundle on its way, unless an interrupted run has assembled it."""
        sent = Sent(bundle, stages, publication)
        if StagedRows.staged(bundle, publication.digest(bundle)) is not None:
            sent.done.append(bundle)
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
            wait_for = [started[name] for name in stage.after if name in started]
            values = {"bundle": sent.bundle, "settings": getattr(self._settings, stage.name)}
            started[stage.name] = self._submit(stage.task(), values, wait_for=wait_for)
        values = {"bundle": sent.bundle, "publication": sent.publication}
        started["publish"] = self._submit(STAGES["publish"].task(), values, wait_for=list(started.values()))
        sent.futures = list(started.items())

    def _take(self) -> None:
        sent = self._under_way.popleft()
        is_one = len(sent.bundle.batches) == 1
        if self._collect(sent, is_last=is_one) or is_one:
            return
        for batch in sent.bundle.batches:
            alone = Sent(sent.bundle.narrow({batch.batch_id}), sent.stages, sent.publication)
            self._start(alone)
            if self._collect(alone, is_last=True):
                sent.done += alone.done
        sent.bundle.discard()

    def _collect(self, sent: Sent, *, is_last: bool) -> bool:
        """Wait for a bundle. Returns whether it is assembled; if it is the last try, why not is noted."""
        stage = "publish"
        try:
            for name, future in sent.futures:
                stage = name
                result = future.result()
                failures, cost = result if name == "publish" else ({}, result)
                self._ledger.charge(cost)
        except (OSError, ClusterFailed):
            raise  # a full disk, a folder or cluster that went away: nothing else will go on, either
        except Exception as error:
            if is_last:
                uri = sent.bundle.batches[0].uri
                logger.exception("%s", uri)
                self.fail(uri, f"{stage} failed: {type(error).__name__}: {error}")
            return False
        for uri, reason in failures.items():
            self.fail(uri, f"publish failed: {reason}")
        sent.done.append(sent.bundle)
        self._advance(sent.bundle.size, sum(batch.rows.get("documents", 0) for batch in sent.batches()))
        for path in Path(sent.bundle.folder).glob("[!a]*.arrow"):
            path.unlink()  # what is assembled needs no more of it
        return True

    def fail(self, uri: str, reason: str) -> None:
        """Note that a file could not be published as a whole, and why at first."""
        if uri not in self.failed:
            self._ledger.failures.append(f"{uri}: {reason}")
        self.failed.setdefault(uri, reason)
