"""
Visual labeling without a window: elements, selectors, labeled events, what they match.

    from app.label.selector import parse             a selector, or BadInput with a sentence
    from app.label.events import LabeledEvent, …     what people make; JSON forms; `checked`
    from app.label.labels import Labels              where it is kept: save, archive, repair, remove
    from app.label.evaluate import Judge             the one evaluator: True, False or a Reason
    from app.label.matching import Clicks            all stored clicks: counts, days, events
    from app.label.suggest import suggest            definitions for a click, or for all like it
    from app.label.repair import candidates          where a lost element may have gone
    from app.label.health import health              whether a definition still works
    from app.label.similar import similar            which labels match much of the same
    from app.label.naming import name, description   words for a suggestion
    from app.label.amplitude import exported         Amplitude's own form, and `imported`

A click is an `Element` and a `Page` (`app.label.element.clicked`). What labels match is kept by
`app.study.labels`: queries join the view `study.labeled(event_id, label_id)`.
"""
