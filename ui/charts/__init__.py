"""
Charts over time: bars or lines, one component for every page.

    from ui.charts import Chart, ChartData, Series     # pyqtgraph is loaded when one is made
"""

from ui.charts.chart import Chart
from ui.charts.data import ChartData, Point, Series
from ui.charts.pointmenu import PointAction, PointMenu

__all__ = ["Chart", "ChartData", "Point", "PointAction", "PointMenu", "Series"]
