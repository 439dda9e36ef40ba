// What stays in its place while a page scrolls under it (a head, a foot, a dialog), so that outlines
// of elements that are under it end at its edge. Reads the page and never changes it.
//
//   const bars = findBars();    uncovered(element, rect, bars)  // what can be seen of it, or null
//
// Looked for at points that are spread over the window: what lies between them is not seen.
"use strict";

const findBars = () => {
  const ACROSS = 5, DOWN = 9;
  const known = new Set(), found = [];
  const look = (x, y) => {
    for (let one = own.elementFromPoint(document, x, y); one; one = describe.above(one, true)) {
      if (known.has(one)) return;
      known.add(one);
      const { position } = getComputedStyle(one);
      if (position === "fixed" || position === "sticky") {
        found.push({ element: one, rect: own.getBoundingClientRect(one) });
      }
    }
  };
  const spread = (at, count, size) => 1 + (at * (size - 2)) / (count - 1);
  for (let column = 0; column < ACROSS; column += 1) {
    for (let row = 0; row < DOWN; row += 1) {
      look(spread(column, ACROSS, innerWidth), spread(row, DOWN, innerHeight));
    }
  }
  return found;
};

const uncovered = (element, rect, bars) => {
  const isIn = (inner, outer) => {
    for (let one = inner; one; one = describe.above(one, true)) if (one === outer) return true;
    return false;
  };
  let { left, top, right, bottom } = rect;
  for (const bar of bars) {
    const over = bar.rect;
    if (over.right <= left || over.left >= right || over.bottom <= top || over.top >= bottom) continue;
    if (isIn(element, bar.element)) continue;
    // It may as well lie above the bar.
    const x = (Math.max(left, over.left) + Math.min(right, over.right)) / 2;
    const y = (Math.max(top, over.top) + Math.min(bottom, over.bottom)) / 2;
    const seen = own.elementFromPoint(document, x, y);
    if (!seen || isIn(seen, element) || isIn(element, seen)) continue;
    const isWide = over.left <= left + 1 && over.right >= right - 1;
    const isHigh = over.top <= top + 1 && over.bottom >= bottom - 1;
    if (isWide && isHigh) return null;
    if (isWide && over.top <= top) top = over.bottom;
    else if (isWide && over.bottom >= bottom) bottom = over.top;
    else if (isHigh && over.left <= left) left = over.right;
    else if (isHigh && over.right >= right) right = over.left;
  }
  return { left, top, right, bottom, width: right - left, height: bottom - top };
};
