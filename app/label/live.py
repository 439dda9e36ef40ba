"""
Elements as the page agent describes them, in the form in which captured clicks are judged.
"""

from app import agentwords
from app.label.element import PREFIX, Action, Element, Page, clicked


def clickable(said: agentwords.Element, action: Action) -> tuple[Element, Page]:
    """What a click on this element (or a change of it) would be captured as."""
    properties = {
        "Element Hierarchy": list(said.hierarchy),
        "Element Tag": said.tag,
        "Element Text": said.text,
        "Element Href": said.href if action.is_click else "",
        "Element Attributes": said.attributes,
        "Page URL": said.page_url,
        "Page Title": said.page_title,
    }
    if said.hierarchy:
        target = said.hierarchy[0]
        properties["Element ID"] = target.get("id", "")
        properties["Element Class"] = " ".join(target.get("classes", ()))
        properties["Element Aria Label"] = target.get("attrs", {}).get("aria-label", "")
    found = clicked(
        action.event_type,
        {f"{PREFIX}{name}": value for name, value in properties.items() if value != ""},
    )
    return found or (Element(action), Page(said.page_url, said.page_title))
