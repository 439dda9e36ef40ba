// Drawings of the products: a hillside, and a thing in front of it. Colours come from the style
// sheet (a1 to a4, line, warm), so that one drawing serves light and dark.

import { CLASSES } from "/release.js";

const THINGS = {
  tent: [
    ["path", "line", "M84 184 52 198M236 184l32 14"],
    ["path", "a1", "M76 190 160 72l84 118z"],
    ["path", "a2", "M160 72 244 190h-48z"],
    ["path", "a4", "M160 72 132 190h52z"],
    ["path", "a3", "M160 72 184 190h14z"],
  ],
  tarp: [
    ["path", "line", "M84 130v66M236 130v66M84 132 56 196M236 132l28 64"],
    ["path", "a1", "M52 128 160 74l108 54-32 12-76-34-76 34z"],
    ["path", "a2", "M160 74 268 128l-32 12-76-34z"],
    ["path", "a4", "M132 196h56l-8-12h-40z"],
  ],
  bag: [
    ["path", "a1", "M66 166c0-30 20-44 48-42l100 10c28 3 42 14 42 28s-14 26-42 28l-100 8c-28 2-48-4-48-32z"],
    ["path", "a2", "M114 124l100 10c28 3 42 14 42 28-40-6-96-10-150-10z"],
    ["ellipse", "a4", [102, 162, 22, 24]],
    ["ellipse", "a3", [108, 164, 12, 15]],
    ["path", "line", "M146 130c-6 20-6 42 0 64M182 133c-5 18-5 38 0 56M216 137c-4 16-4 32 0 48"],
  ],
  mat: [
    ["path", "a1", "M56 168h150v28H70q-14 0-14-14z"],
    ["path", "line", "M86 168v28M116 168v28M146 168v28M176 168v28"],
    ["circle", "a2", [214, 158, 38]],
    ["circle", "a1", [214, 158, 27]],
    ["circle", "a2", [214, 158, 16]],
    ["circle", "a4", [214, 158, 6]],
  ],
  pillow: [
    ["path", "a1", "M90 132q70-22 140 0 18 30 0 58-70 18-140 0-18-28 0-58z"],
    ["path", "a2", "M90 132q70-22 140 0-34 30-70 30t-70-30z"],
    ["path", "line", "M90 190q34-26 70-28t70 28"],
  ],
  pack: [
    ["path", "line", "M144 70q16-22 32 0"],
    ["path", "a3", "M106 120q-18 4-18 24v34q0 12 18 12zM214 120q18 4 18 24v34q0 12-18 12z"],
    ["path", "a1", "M104 108q0-38 56-38t56 38v70q0 18-18 18h-76q-18 0-18-18z"],
    ["path", "a2", "M100 116q0-48 60-48t60 48q-60 16-120 0z"],
    ["rect", "a3", [126, 142, 68, 42, 12]],
    ["path", "line", "M126 156h68M136 118v22M184 118v22"],
    ["rect", "a4", [131, 126, 10, 8, 2]],
    ["rect", "a4", [179, 126, 10, 8, 2]],
  ],
  roll: [
    ["path", "line", "M112 96q-22 40 4 84"],
    ["rect", "a1", [112, 98, 96, 98, 20]],
    ["path", "a2", "M160 98h28q20 0 20 20v58q0 20-20 20h-28z"],
    ["rect", "a3", [104, 78, 112, 24, 12]],
    ["rect", "a4", [146, 84, 28, 12, 4]],
    ["path", "line", "M126 130h68M126 142h40"],
  ],
  stove: [
    ["path", "warm", "M160 72c22 20 24 34 14 48h-28c-10-14-8-28 14-48z"],
    ["path", "glow", "M160 92c10 10 11 18 6 28h-12c-5-10-4-18 6-28z"],
    ["path", "line", "M122 116l16 12M198 116l-16 12"],
    ["rect", "a3", [128, 122, 64, 12, 6]],
    ["rect", "a4", [154, 132, 12, 26, 2]],
    ["rect", "a4", [168, 140, 26, 6, 3]],
    ["rect", "a1", [116, 154, 88, 42, 16]],
    ["path", "a2", "M160 154h28q16 0 16 16v10q0 16-16 16h-28z"],
  ],
  kettle: [
    ["path", "thick", "M114 126c6-70 86-70 92 0"],
    ["path", "a2", "M206 150l42-34 10 10-38 56z"],
    ["path", "a1", "M98 196c-6-50 14-82 62-82s68 32 62 82z"],
    ["path", "a2", "M160 114c48 0 68 32 62 82h-30c6-42-4-72-32-82z"],
    ["rect", "a4", [138, 106, 44, 10, 5]],
    ["circle", "a4", [160, 102, 7]],
  ],
  mug: [
    ["path", "steam", "M140 70c-8-12 8-18 0-30M172 70c-8-12 8-18 0-30"],
    ["path", "thick", "M196 122q38 0 36 28t-36 28"],
    ["rect", "a1", [112, 98, 88, 98, 14]],
    ["path", "a2", "M156 98h30q14 0 14 14v70q0 14-14 14h-30z"],
    ["rect", "a4", [106, 88, 100, 14, 7]],
    ["rect", "a4", [152, 66, 8, 26, 3]],
    ["circle", "a4", [156, 64, 8]],
  ],
  pot: [
    ["path", "thick", "M220 142h40"],
    ["rect", "a1", [92, 120, 132, 76, 18]],
    ["path", "a2", "M158 120h66v58q0 18-18 18h-48z"],
    ["path", "a3", "M86 122q72-40 144 0z"],
    ["circle", "a4", [158, 98, 8]],
    ["path", "line", "M110 148h46"],
  ],
  lamp: [
    ["path", "beam", "M138 150-30 70v160z"],
    ["path", "thick", "M122 150c30-78 116-66 124 12"],
    ["path", "line", "M150 98q52-26 76 34"],
    ["rect", "a1", [112, 122, 68, 56, 18]],
    ["rect", "a2", [150, 122, 30, 56, 15]],
    ["circle", "a4", [138, 150, 19]],
    ["circle", "warm", [138, 150, 13]],
  ],
  lantern: [
    ["circle", "beam", [160, 136, 78]],
    ["path", "line", "M128 92c0-52 64-52 64 0"],
    ["rect", "a2", [126, 82, 68, 18, 9]],
    ["rect", "warm", [128, 100, 64, 66, 6]],
    ["circle", "glow", [160, 134, 17]],
    ["path", "bar", "M140 100v66M180 100v66"],
    ["rect", "a1", [116, 164, 88, 32, 12]],
    ["rect", "a4", [150, 176, 20, 8, 4]],
  ],
  torch: [
    ["path", "beam", "M192 92 340-20v200z"],
    ["path", "a1", "M72 172l82-54 18 26-82 54q-8 5-13-3l-8-12q-4-7 3-11z"],
    ["path", "a3", "M150 112l26-20 34 46-32 14z"],
    ["path", "warm", "M176 92l12-8q6 0 30 40 0 6-8 14z"],
    ["path", "line", "M104 160l12 18M118 151l12 18"],
    ["circle", "a4", [142, 140, 6]],
  ],
  jacket: [
    ["path", "a1", "M122 88 146 76h28l24 12 42 66-26 16-14-22v50h-80v-50l-14 22-26-16z"],
    ["path", "a2", "M160 92l14-16 24 12 42 66-26 16-14-22v50h-40z"],
    ["path", "a3", "M136 82c0-28 48-28 48 0l-24 20z"],
    ["path", "a4", "M146 82c0-16 28-16 28 0l-14 12z"],
    ["path", "line", "M160 102v96M128 160h18M174 160h18"],
  ],
  boot: [
    ["path", "a1", "M116 82h62v50c26 6 50 14 62 32 4 8 4 14 2 20H112c-4-36-2-70 4-102z"],
    ["path", "a2", "M178 132c26 6 50 14 62 32 4 8 4 14 2 20h-58q8-30-6-52z"],
    ["path", "a4", "M108 180h136q4 0 4 6v4q0 8-8 8H114q-8 0-8-8v-6q0-4 2-4z"],
    ["rect", "a3", [110, 76, 74, 16, 8]],
    ["path", "lace", "M150 104h30M148 118h32M152 132l30 2M166 146l28-6"],
  ],
  sock: [
    ["path", "a1", "M122 88h58v54c28 8 48 20 48 38 0 12-10 18-24 18h-50c-22 0-34-14-34-38z"],
    ["path", "a2", "M196 150c20 8 32 18 32 30 0 12-10 18-24 18h-14c-8-18-6-34 6-48zM121 142c16 2 26 14 27 32l-20 14c-6-8-8-24-7-46z"],
    ["rect", "a3", [116, 72, 70, 26, 8]],
    ["path", "line", "M122 112h58M122 122h58"],
  ],
  hat: [
    ["ellipse", "a2", [160, 168, 104, 24]],
    ["ellipse", "a4", [160, 164, 60, 12]],
    ["path", "a1", "M108 164c0-52 14-76 52-76s52 24 52 76q-52 18-104 0z"],
    ["path", "a3", "M107 150q53 18 106 0l-1 14q-52 18-104 0z"],
    ["path", "line", "M150 92q10 8 24 2"],
  ],
};

const HILLS = [
  ["rect", "sky", [0, 0, 320, 240, 0]],
  ["circle", "sun", [248, 62, 26]],
  ["path", "far", "M0 150 52 108l38 26 58-52 62 60 44-30 66 44v84H0z"],
  ["path", "near", "M0 178q70-34 150-12t170-10v84H0z"],
  ["path", "ground", "M0 200q90-20 180-8t140-4v52H0z"],
];

const NS = "http://www.w3.org/2000/svg";

function shape([tag, role, form]) {
  const element = document.createElementNS(NS, tag);
  element.setAttribute("class", CLASSES[role] ?? role);
  const names = {
    path: ["d"],
    circle: ["cx", "cy", "r"],
    ellipse: ["cx", "cy", "rx", "ry"],
    rect: ["x", "y", "width", "height", "rx"],
  }[tag];
  const values = Array.isArray(form) ? form : [form];
  names.forEach((name, index) => element.setAttribute(name, values[index]));
  return element;
}

export function drawing(product) {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 320 240");
  svg.setAttribute("preserveAspectRatio", "xMidYMid slice");
  svg.setAttribute("aria-hidden", "true");
  svg.append(...HILLS.map(shape), ...(THINGS[product.art] ?? []).map(shape));
  svg.style.setProperty("--hue", product.hue);
  return svg;
}
