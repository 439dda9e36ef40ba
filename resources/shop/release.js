// What this release calls things by other names than they are written: nothing, in the first one.
// For the next one the server sends other names here (app/demo/release.py).

export const RELEASE = 1;
export const CLASSES = {};
export const IDS = {};
export const WORDS = {};
