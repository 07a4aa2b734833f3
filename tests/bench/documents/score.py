"""`python -m tests.bench.documents.score`: the quality of a conversion by layout and measure.

`--kind` and `--method`, or `--converter` for a peer, say what is converted and how. `--later N` takes other documents,
whose seeds are N higher: to see that a converter isn't made for these ones. `--worst N` names the N documents that came
out worst, and `--keep FOLDER` leaves all files there, beside the known Markdown and what became of them.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from portal.documents.kinds import Kind
from tests.bench.documents import corpus
from tests.bench.documents.converters import PEERS, PORTAL, convert
from tests.bench.documents.judging import Judged, judge, mean_quality
from tests.bench.documents.quality import mean


def main() -> None:
    wanted = _arguments()
    samples = [
        one for one in corpus.samples(Kind(wanted.kind), later=wanted.later) if wanted.layout in (None, one.layout)
    ]
    judged = judge(samples, convert(wanted.converter or wanted.method, [sample.path for sample in samples]))
    print(f"{'':<16}{'order':>8}{'tables':>8}{'headings':>10}{'quality':>9}{'failed':>8}{'cpu s':>8}")
    for layout in dict.fromkeys(sample.layout for sample in samples):
        print(_line(layout, [one for one in judged if one.sample.layout == layout]))
    print(_line("all", judged))
    for one in sorted(judged, key=lambda one: one.quality.mean)[: wanted.worst]:
        print(f"{one.quality.mean:.3f}  {one.sample.path.relative_to(corpus.KEPT)}  {one.conversion.error}")
    if wanted.keep:
        _keep(wanted.keep, judged)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.documents.score")
    parser.add_argument("--kind", default="pdf", choices=[kind.value for kind in corpus.KINDS])
    parser.add_argument("--method", default=PORTAL[0], choices=PORTAL)
    parser.add_argument("--converter", choices=PEERS)
    parser.add_argument("--layout", choices=corpus.LAYOUTS)
    parser.add_argument("--later", type=int, default=0)
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


def _line(name: str, judged: Sequence[Judged]) -> str:
    found = mean([one.quality for one in judged])
    failed = sum(bool(one.conversion.error) for one in judged)
    seconds = sum(one.conversion.cpu for one in judged)
    parts = f"{found.order:>8.3f}{found.tables or 0:>8.3f}{found.headings or 0:>10.3f}"
    return f"{name:<16}{parts}{mean_quality(judged):>9.3f}{failed:>8}{seconds:>8.2f}"


def _keep(folder: Path, judged: Sequence[Judged]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in judged:
        sample = one.sample
        name = f"{sample.layout}-{sample.path.stem}"
        shutil.copy(sample.path, folder / f"{name}{sample.path.suffix}")
        (folder / f"{name}.known.md").write_text(sample.markdown, "utf-8")
        (folder / f"{name}.made.md").write_text(one.conversion.markdown, "utf-8")


if __name__ == "__main__":
    main()
