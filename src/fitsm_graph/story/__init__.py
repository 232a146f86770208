"""The demo's story: 90 days of a provider, told through the public verbs with a driven clock.

    where = await standing(endpoint, now)
    clock = StoryClock(where.begins)
    async with bootstrap.opened(endpoint, clock=clock, wall=SystemClock()) as product:
        await tell(product, clock, where, progress)

Acts are functions that say what happens in plain words, one after another; each names requirements
that it is evidence for, and a command that shows what it did. The teller carries them out: every
verb is asked for over the API, by somebody who has the right to it. Nothing is edited in the graph.
"""
