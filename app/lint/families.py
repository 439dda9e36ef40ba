"""
All families of rules, and all rules by their id.
"""

from app.lint.campaigns import Campaigns
from app.lint.clock import Clock
from app.lint.delivery import DeliveryRules
from app.lint.duplicates import Duplicates
from app.lint.experiments import Experiments
from app.lint.identity import Identity
from app.lint.ids import Ids
from app.lint.look import Family
from app.lint.mixture import Mixture
from app.lint.order import Order
from app.lint.plan import Plan
from app.lint.propertynames import PropertyNames
from app.lint.releases import Releases
from app.lint.replays import Replays
from app.lint.revenue import Revenue
from app.lint.rule import Rule
from app.lint.sessions import Sessions
from app.lint.startup import Startup
from app.lint.structure import Structure
from app.lint.typenames import TypeNames
from app.lint.values import Values

FAMILIES: tuple[type[Family], ...] = (
    Ids,
    Identity,
    Clock,
    Order,
    Sessions,
    Duplicates,
    TypeNames,
    PropertyNames,
    Values,
    Structure,
    Revenue,
    DeliveryRules,
    Replays,
    Experiments,
    Releases,
    Plan,
    Campaigns,
    Startup,
    Mixture,
)

RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in sorted(
        (rule for family in FAMILIES for rule in family.rules), key=lambda rule: rule.id
    )
}
"""Every rule, in the order of ids."""
