"""Lists that Word keeps apart, and people see as one: a list within a list is often one of its own to Word, and so is
what follows after it."""

from __future__ import annotations

from collections.abc import Iterable

from portal.documents.office.structure import Block


def joined(blocks: Iterable[Block]) -> list[Block]:
    """Blocks in which lists that follow each other are put together: a deeper one goes into the last item before it,
    and so does one that stands between the halves of another."""
    result: list[Block] = []
    for block in blocks:
        if not (_is_list(block) and result and _takes(result, block)):
            result.append(block)
    return result


def _takes(result: list[Block], block: Block) -> bool:
    above = result[-1]
    if not _is_list(above):
        return False
    if _level(block) > _level(above):
        return _nest(above, block)
    if len(result) > 1 and _is_list(result[-2]) and block.get("start_number") and _continues(result[-2], block):
        return _nest(result[-2], result.pop()) and _takes(result, block)
    if _continues(above, block):
        above["items"] += block["items"]
        return True
    return False


def _nest(above: Block, block: Block) -> bool:
    item = above["items"][-1]
    if item.get("nested"):
        inner = item["nested"] | {"level": _level(above) + 1}
        if _level(block) > inner["level"]:
            return _nest(inner, block)
        if bool(inner.get("ordered")) != bool(block.get("ordered")):
            return False
        inner["items"] += block["items"]
    else:
        item["nested"] = block
    return True


def _continues(above: Block, block: Block) -> bool:
    if _level(above) != _level(block) or bool(above.get("ordered")) != bool(block.get("ordered")):
        return False
    return (block.get("start_number") or 1) == (above.get("start_number") or 1) + len(above["items"])


def _is_list(block: Block) -> bool:
    return block.get("type") == "list" and bool(block.get("items"))


def _level(block: Block) -> int:
    return int(block.get("level") or 0)
