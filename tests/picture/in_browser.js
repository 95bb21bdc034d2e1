// Looked at in the page by in_browser.py: each function returns what is wrong.
const SLACK = 1; // pixels

const rect = (one) => one.getBoundingClientRect();
const meet = (a, b) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK;
const pictures = () => [...document.querySelectorAll("svg")].filter((one) => one.querySelector(".arrow") && one.querySelector("marker"));
const words = (one) => one.parentNode.textContent.trim().replace(/\s+/g, " ").slice(0, 60);

// Boxes on boxes, labels on boxes, labels on labels.
function overlaps() {
  const found = [];
  for (const picture of pictures()) {
    const boxes = [...picture.querySelectorAll(".box")].map((one) => [one, rect(one)]);
    const plates = [...picture.querySelectorAll(".plate")].map((one) => [one, rect(one)]);
    const name = picture.getAttribute("aria-label");
    boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => meet(a, b) && found.push(`${name}: ${words(one)} | ${words(other)}`)));
    for (const [plate, a] of plates) {
      const label = plate.nextElementSibling.textContent;
      boxes.forEach(([box, b]) => meet(a, b) && found.push(`${name}: label ${label} | ${words(box)}`));
      plates.forEach(([other, b]) => other !== plate && plate.compareDocumentPosition(other) & 4 && meet(a, b) && found.push(`${name}: labels ${label} | ${other.nextElementSibling.textContent}`));
    }
  }
  return found;
}

// Words that leave their box or their plate, and anything that leaves the picture.
function outside() {
  const found = [];
  const within = (a, b) => a.left >= b.left - SLACK && a.right <= b.right + SLACK && a.top >= b.top - SLACK && a.bottom <= b.bottom + SLACK;
  for (const picture of pictures()) {
    const whole = rect(picture);
    for (const box of picture.querySelectorAll(".box")) {
      for (const text of box.parentNode.querySelectorAll("text:not(.people)"))
        if (!within(rect(text), rect(box))) found.push(`${text.textContent} leaves its box`);
    }
    for (const plate of picture.querySelectorAll(".plate")) {
      let text = plate.nextElementSibling;
      for (; text && text.tagName === "text"; text = text.nextElementSibling)
        if (!within(rect(text), rect(plate))) found.push(`${text.textContent} leaves its plate`);
    }
    for (const one of picture.querySelectorAll("text, .box, .arrow, rect.people"))
      if (!within(rect(one), whole)) found.push(`${one.textContent || one.getAttribute("class")} leaves the picture`);
  }
  return found;
}

const light = (color) => {
  const [r, g, b] = color.match(/[\d.]+/g).slice(0, 3).map((one) => {
    const part = one / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};
const ground = (one) => {
  for (let at = one; at instanceof Element; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (!/, 0\)$|transparent/.test(color)) return color;
  }
  return "rgb(255,255,255)";
};

// The contrast of every text with what it stands on.
function contrasts() {
  const found = [];
  for (const picture of pictures()) {
    const under = picture.querySelector(".ground") ? getComputedStyle(picture.querySelector(".ground")).fill : ground(picture);
    for (const text of picture.querySelectorAll("text")) {
      const on = text.classList.contains("people") ? text.previousElementSibling : text.parentNode.querySelector(":scope > .box");
      found.push({ text: text.textContent, contrast: contrast(getComputedStyle(text).fill, on ? getComputedStyle(on).fill : under) });
    }
  }
  for (const one of document.querySelectorAll("h1, h2, p, td, th, li, nav a"))
    found.push({ text: one.textContent, contrast: contrast(getComputedStyle(one).color, ground(one)) });
  return found;
}

// The smallest letters of any picture, in pixels on the screen.
function letters() {
  const sizes = pictures().flatMap((picture) => {
    const scale = rect(picture).width / picture.viewBox.baseVal.width;
    return [...picture.querySelectorAll("text")].map((one) => parseFloat(getComputedStyle(one).fontSize) * scale);
  });
  return Math.min(...sizes);
}

// A picture of a talk: each text stands inside one of its rectangles.
function bubbles() {
  const picture = document.querySelector("svg");
  const shapes = [...picture.querySelectorAll("rect, path")].slice(1).map(rect);
  return [...picture.querySelectorAll("text")]
    .filter((text) => !shapes.some((b) => { const a = rect(text); return a.left >= b.left && a.right <= b.right && a.top >= b.top - SLACK && a.bottom <= b.bottom + SLACK; }))
    .map((text) => text.textContent);
}
