// The browser's own ways to read a page, taken before any script of it runs. Fields of a form stand in
// the place of what a form has by nature (`<input name="attributes">`), and forms and pictures in the
// place of what a document has, also in a world of our own; and in the page's world, pages put there
// what they like. Defines `own` in the scope it is run in: `own.parentElement(element)`.
"use strict";

const own = (() => {
  const { apply, getOwnPropertyDescriptor } = Reflect;
  const getter = (type, name) => {
    const read = getOwnPropertyDescriptor(type.prototype, name).get;
    return (one) => apply(read, one, []);
  };
  const method = (type, name) => {
    const run = type.prototype[name];
    return (one, ...given) => apply(run, one, given);
  };
  const found = {};
  const GETTERS = [
    [Node, "childNodes isConnected nodeType parentElement parentNode textContent"],
    [Element, "attributes classList nextElementSibling previousElementSibling shadowRoot tagName"],
    [Document, "documentElement hidden readyState title"],
    [Event, "type"],
    [HTMLElement, "innerText"],
  ];
  const METHODS = [
    [Node, "appendChild getRootNode"],
    [Element, "attachShadow checkVisibility closest getAttribute getBoundingClientRect matches"],
    [Element, "querySelector remove"],
    [Document, "createElement elementFromPoint hasFocus querySelectorAll"],
    [Event, "composedPath preventDefault stopImmediatePropagation"],
  ];
  for (const [type, names] of GETTERS) {
    for (const name of names.split(" ")) found[name] = getter(type, name);
  }
  for (const [type, names] of METHODS) {
    for (const name of names.split(" ")) found[name] = method(type, name);
  }
  const inFragment = method(DocumentFragment, "querySelectorAll");
  found.all = (root, selector) =>
    root === document ? found.querySelectorAll(root, selector) : inFragment(root, selector);
  return found;
})();
