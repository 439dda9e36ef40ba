"""
The functions of formulas (semantics §7.2), each with what it is, to be chosen and put into one.
"""

from ui.pages.explore.picker import Pick

FUNCTIONS = [
    Pick(text, text, remark)
    for text, remark in (
        ("UNIQUES(A)", "people"),
        ("TOTALS(A)", "times"),
        ("AVG(A)", "times per person"),
        ("ACTIVE(A)", "part of active people"),
        ("%: UNIQUES(A) / TOTALS(A)", "shown as percent"),
        ("$: PROPSUM(A)", "shown as money"),
        ("PROPSUM(A)", "sum of first group"),
        ("PROPAVG(A)", "mean of first group"),
        ("PROPMIN(A)", "least value"),
        ("PROPMAX(A)", "largest value"),
        ("PROPCOUNT(A)", "different values"),
        ("PROPCOUNTAVG(A)", "values per person"),
        ("PROPHIST(A)", "events by value"),
        ("PERCENTILE(A, 0.9)", "of values"),
        ("FREQPERCENTILE(A, 0.9)", "of times per person"),
        ("HIST(A)", "people by times"),
        ("REVENUETOTAL(A)", "revenue"),
        ("ARPAU(A)", "per active person"),
        ("SESSIONTOTALS(A)", "sessions with it"),
        ("SEMANTICTOTALS(A, UNIQUE_ARRAY_VALUES)", "of lists"),
        ("CUMSUM(UNIQUES, A)", "running total"),
        ("ROLLAVG(UNIQUES, A, 7)", "mean of the last 7"),
        ("ROLLWIN(UNIQUES, A, 7)", "over the last 7"),
        ("ROLLWINBEFORE(UNIQUES, A, 7)", "cohorts afterwards"),
        ("TRENDLINE(UNIQUES(A))", "straight line"),
        ("SQRT(TOTALS(A))", "square root"),
        ("POWER(TOTALS(A), 2)", "power"),
        ("EXP(AVG(A))", "exponential"),
        ("LN(TOTALS(A))", "natural logarithm"),
        ("LOG(TOTALS(A), 2)", "logarithm to a base"),
        ("LOG10(TOTALS(A))", "logarithm to 10"),
    )
]
