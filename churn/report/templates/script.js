"use strict";
// The page works without this. It adds: a filter for the members' tables, a copy of exact names on purpose, and hands
// for the pictures: what a value holds is lit up, and shown in the table.
const exact = (cell) => cell.firstChild.textContent.replaceAll("[.]", ".");
const figure = (number) => number.toLocaleString("en");
const tables = new Map(); // id of a table -> (numbers of groups, or null for all; words for them) => rows shown

for (const tools of document.querySelectorAll(".tools")) {
  const rows = [...document.getElementById(tools.dataset.table).tBodies[0].rows];
  let texts; // made when first asked for: thousands of rows take a while
  const [filter, state, said] = ["input", "select", "output"].map((tag) => tools.querySelector(tag));
  const [copy, all] = ["copy", "all"].map((name) => tools.querySelector(`button.${name}`));
  const label = copy.textContent;
  let groups = null;
  let held = "";
  const shown = () => rows.filter((row) => !row.hidden);
  const calm = () => { copy.textContent = label; copy.classList.remove("armed"); };
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) texts ??= rows.map((row) => (row.textContent + " " + exact(row.cells[0])).toLowerCase());
    rows.forEach((row, at) => {
      const reported = row.classList.contains("r");
      const fits = state.value === "all" || reported === (state.value === "reported");
      const within = !groups || groups.has(row.dataset.g);
      row.hidden = !(fits && within && words.every((word) => texts[at].includes(word)));
    });
    const count = shown().length;
    said.textContent = `${figure(count)} of ${figure(rows.length)} rows${held && `, held by ${held}`}`;
    all.hidden = count === rows.length;
    calm();
    return count;
  };
  filter.addEventListener("input", apply);
  state.addEventListener("change", apply);
  all.addEventListener("click", () => {
    filter.value = ""; state.value = "all"; groups = null; held = "";
    apply();
    filter.focus();
  });
  copy.addEventListener("blur", calm);
  copy.addEventListener("click", async () => {
    const names = shown().map((row) => exact(row.cells[0]));
    if (!copy.classList.contains("armed")) {
      copy.classList.add("armed");
      copy.textContent = `Copy ${figure(names.length)} live names: press again`;
      return;
    }
    calm();
    try {
      await navigator.clipboard.writeText(names.join("\n") + "\n");
      said.textContent = `${figure(names.length)} exact names copied`;
    } catch {
      said.textContent = "The browser refused; the exact names are in the CSV file";
    }
  });
  tables.set(tools.dataset.table, (numbers, words) => {
    groups = numbers; held = words;
    return apply();
  });
  tools.hidden = false;
  said.textContent = `${figure(rows.length)} of ${figure(rows.length)} rows`;
}

for (const net of document.querySelectorAll("svg.net")) {
  const values = [...net.querySelectorAll(".values > g")];
  const edges = [...net.querySelectorAll(".edges > path")];
  const circles = new Map([...net.querySelectorAll(".groups > g")].map((group) => [group.dataset.g, group]));
  const caption = net.parentElement.querySelector("figcaption");
  const said = caption.querySelector(".said");
  const title = (node) => node.querySelector("title").textContent;
  const show = tables.get(net.dataset.table);
  let picked = null;
  const light = (value) => {
    net.classList.toggle("lit", Boolean(value));
    for (const node of net.querySelectorAll(".hot")) node.classList.remove("hot");
    if (!value) return;
    value.classList.add("hot");
    edges[value.dataset.n].classList.add("hot");
    for (const number of value.dataset.g.split(" ")) circles.get(number).classList.add("hot");
  };
  const pick = (value) => {
    picked = value === picked ? null : value;
    for (const node of values) node.setAttribute("aria-pressed", node === picked);
    light(picked);
    const count = picked ? show(new Set(picked.dataset.g.split(" ")), title(picked)) : show(null, "");
    said.textContent = picked ? `${title(picked)}: ${figure(count)} rows in the table below` : "All rows are shown";
  };
  const go = (from, step) => {
    const next = values[(values.indexOf(from) + step + values.length) % values.length];
    for (const node of values) node.tabIndex = node === next ? 0 : -1;
    next.focus();
  };
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  values.forEach((value, at) => {
    value.setAttribute("role", "button");
    value.setAttribute("aria-label", title(value));
    value.setAttribute("aria-pressed", "false");
    value.tabIndex = at ? -1 : 0;
    value.addEventListener("focus", () => { light(value); said.textContent = title(value); });
    value.addEventListener("blur", () => light(picked));
    value.addEventListener("mouseenter", () => light(value));
    value.addEventListener("mouseleave", () => light(picked));
    value.addEventListener("click", () => pick(value));
    value.addEventListener("keydown", (event) => {
      if (event.key in steps) go(value, steps[event.key]);
      else if (event.key === "Home") go(values[0], 0);
      else if (event.key === "End") go(values.at(-1), 0);
      else if (event.key === "Enter" || event.key === " ") pick(value);
      else if (event.key === "Escape") { picked = value; pick(value); }
      else return;
      event.preventDefault();
    });
  });
  for (const circle of circles.values()) circle.addEventListener("click", () => {
    picked = null;
    for (const node of values) node.setAttribute("aria-pressed", "false");
    light(null);
    said.textContent = `${title(circle)}: ${figure(show(new Set([circle.dataset.g]), "the same values"))} rows in the table below`;
  });
  net.setAttribute("role", "group");
  caption.querySelector(".keys").hidden = false;
}

// A link to a cluster opens it.
const reveal = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && target.tagName === "DETAILS") target.open = true;
};
addEventListener("hashchange", reveal);
for (const link of document.querySelectorAll('a[href^="#c-"]')) link.addEventListener("click", () => {
  document.querySelector(link.getAttribute("href")).open = true;
});
reveal();
