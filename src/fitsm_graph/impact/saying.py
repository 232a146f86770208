"""Steps of a proof in words."""

from fitsm_graph.impact.answer import Step
from fitsm_graph.impact.explain import View


def sentence_of(view: View, step: Step) -> str:
    """One step of a proof in words."""

    def name(id: str) -> str:
        number = view.mapped.topology.number(id)
        return (view.face(number).key or id) if number >= 0 else id

    if step.own:
        cause = step.own[0]
        told = ": ".join(each for each in (cause.record, cause.text) if each)
        return f"{name(step.element)} is {step.level.name}: {told}"
    if step.unfounded:
        some = ", ".join(name(id) for id in step.unfounded[:5])
        more = f" and {len(step.unfounded) - 5} more" if len(step.unfounded) > 5 else ""
        return (
            f"{name(step.element)} is {step.level.name}: "
            f"{some}{more} hold up only one another, without a source"
        )
    lost = ", ".join(name(id) for id in step.because) or "nothing can meet its need"
    return f"{name(step.element)} is {step.level.name} because of {lost}"
