"""Views over a dataset: made anew when what they are made from, or their code, has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from flows.stages import Stage, of_dataset
from tasks.publish.layout import Layout
from tasks.publish.log import Snapshot
from tasks.publish.views import commit_views, read_views, write_views
from tasks.settings import Settings
from tasks.staging import Cost, DatasetRef


def find_stale(
    layout: Layout, snapshot: Snapshot, fingerprints: Mapping[str, str] | None, on_demand: Collection[str] = ()
) -> Iterator[Stage]:
    """Yield the stages whose views are missing or made from something else than what is there.

    Args:
        layout: The dataset.
        snapshot: The state that it is in.
        fingerprints: By stage; None: what they were made with does not count.
        on_demand: Of the stages that are done on demand, those that are asked for: they come alone.
    """
    views = read_views(layout)
    for stage in of_dataset():
        if stage.is_on_demand != bool(on_demand) or (on_demand and stage.name not in on_demand):
            continue
        current = {"made_from": snapshot.digest(stage.reads)}
        if fingerprints is not None:
            current["fingerprint"] = fingerprints[stage.name]
        if not all(name in views and current.items() <= vars(views[name]).items() for name in stage.yields):
            yield stage


def remove_unknown(layout: Layout) -> None:
    """Take views away that no stage yields."""
    views = read_views(layout)
    wanted = {name for stage in of_dataset() for name in stage.yields}
    if views.keys() - wanted:
        write_views(layout, {name: view for name, view in views.items() if name in wanted})


def make_views(
    layout: Layout,
    snapshot: Snapshot,
    settings: Settings,
    fingerprints: Mapping[str, str],
    staging: Path,
    call: Callable[..., Cost],
    on_demand: Collection[str] = (),
) -> Iterator[Cost]:
    """Make the views that are stale. Yields what each stage cost.

    Args:
        layout: The dataset.
        snapshot: The state that it is in.
        settings: All settings.
        fingerprints: By stage.
        staging: A local folder for what is not complete.
        call: Calls a task with its values.
        on_demand: As in `find_stale`.
    """
    remove_unknown(layout)
    for stage in list(find_stale(layout, snapshot, fingerprints, on_demand)):
        files = tuple(
            {file.table: layout.store.locate(file.path) for file in segment.files if file.table in stage.reads}
            for segment in snapshot.segments.values()
        )
        ref = DatasetRef(str(staging / stage.name), files)
        section: dict[str, Any] = {"settings": getattr(settings, stage.name)} if stage.has_settings else {}
        yield call(stage.task(), ref, **section)
        tables = {name: ref.read(name) for name in stage.yields}
        made_from, fingerprint = snapshot.digest(stage.reads), fingerprints[stage.name]
        commit_views(layout, Path(ref.folder), tables, made_from=made_from, fingerprint=fingerprint)
