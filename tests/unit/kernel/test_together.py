"""Work that several want at the same time is done once, and nobody spoils it for the others."""

import asyncio

import pytest

from fitsm_graph.kernel.together import Together


class Work:
    """Counts how often it is begun; goes on when it is told to."""

    def __init__(self) -> None:
        self.begun = 0
        self.go_on = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        return number


async def test_whoever_comes_meanwhile_gets_the_same_outcome() -> None:
    together, work = Together[int](), Work()
    asking = [asyncio.ensure_future(together.work("a", work)) for _ in range(3)]
    await asyncio.sleep(0)
    work.go_on.set()
    assert await asyncio.gather(*asking) == [1, 1, 1]
    assert await together.work("a", work) == 2, "what is done is not remembered"


async def test_another_key_is_other_work() -> None:
    together, work = Together[int](), Work()
    work.go_on.set()
    assert await asyncio.gather(together.work("a", work), together.work("b", work)) == [1, 2]


async def test_an_error_is_told_to_all() -> None:
    together, work = Together[int](), Work()
    work.error = ValueError("no")
    asking = [asyncio.ensure_future(together.work("a", work)) for _ in range(2)]
    work.go_on.set()
    for each in asking:
        with pytest.raises(ValueError, match="no"):
            await each
    assert work.begun == 1


async def test_who_gives_up_does_not_end_it_for_others() -> None:
    together, work = Together[int](), Work()
    first, second = (asyncio.ensure_future(together.work("a", work)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    work.go_on.set()
    assert await second == 1
    assert first.cancelled()


async def test_work_that_nobody_waits_for_fails_in_silence() -> None:
    together, work = Together[int](), Work()
    work.error = ValueError("no")
    alone = asyncio.ensure_future(together.work("a", work))
    await asyncio.sleep(0)
    alone.cancel()
    work.go_on.set()
    await asyncio.sleep(0.01)
    work.error = None
    assert await together.work("a", work) == 2
