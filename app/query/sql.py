"""
Small words for building SQL with SQLGlot. Values become literals, names become quoted columns,
so nothing that came from traffic is ever read as SQL.
"""

from collections.abc import Sequence

from sqlglot import exp

Sql = exp.Expr

DIALECTS = {
    "duckdb": "DuckDB",
    "snowflake": "Snowflake",
    "bigquery": "BigQuery",
    "clickhouse": "ClickHouse",
    "spark": "Spark",
    "postgres": "Postgres",
}
"""What "copy SQL" offers: the name for SQLGlot, and the one for people."""


def column(name: str, table: str | None = None) -> exp.Column:
    """A column, always quoted: names of properties hold anything."""
    return exp.column(name, table=table, quoted=True)


def value(of: str | float | bool | None) -> Sql:
    """A literal."""
    return exp.convert(of)


def call(name: str, *arguments: Sql) -> Sql:
    """A function that SQLGlot knows by this name, so that it can be said in other dialects."""
    return exp.func(name, *arguments, dialect="duckdb")


def nested(query: exp.Query, name: str) -> Sql:
    """A question as a table of another one: itself and not a copy, so it cannot be used again.
    SQLGlot copies whatever it is given each time, which takes longer than a small answer."""
    found: Sql = exp.alias_(query.subquery(copy=False), name, table=True, copy=False)
    return found


def either(*conditions: Sql) -> Sql:
    """One of them holds; none at all holds never."""
    return exp.or_(*conditions, copy=False) if conditions else exp.false()


def both(*conditions: Sql | None) -> Sql:
    """All of them hold; none at all holds always."""
    kept = [condition for condition in conditions if condition is not None]
    return exp.and_(*kept, copy=False) if kept else exp.true()


def sure(condition: Sql) -> Sql:
    """The condition, where unknown counts as no. Needed before it is turned around."""
    return call("coalesce", condition, exp.false())


def cases(branches: Sequence[tuple[Sql, Sql]], otherwise: Sql) -> Sql:
    """The first branch whose condition holds."""
    # Adding one branch after the other copies all before each: 500 of them took seconds.
    ifs = [exp.If(this=one.copy(), true=result.copy()) for one, result in branches]
    return exp.Case(ifs=ifs, default=otherwise.copy())


def number(of: Sql) -> Sql:
    """A text as a finite number, or null (semantics §0.4): "30" is one, "$30" is not."""
    return exp.TryCast(this=of, to=exp.DataType.build("DOUBLE"))


def finite(of: Sql) -> Sql:
    """A text as a number; texts such as `NaN` and `inf` are none."""
    digits = exp.RegexpLike(this=of.copy(), expression=value("^[ ]*[-+.0-9]"))
    tame = exp.LT(this=exp.Abs(this=number(of)), expression=value(1e300))
    return cases([(both(digits, tame), number(of))], exp.null())


def text(statement: Sql, dialect: str = "duckdb", *, pretty: bool = False) -> str:
    """The statement for an engine; `pretty` for people."""
    return statement.sql(dialect=dialect, pretty=pretty)
