"use strict";
// The page works without this. It adds: a filter for the members' tables, and a copy of exact names on purpose.
const exact = (cell) => cell.firstChild.textContent.replaceAll("[.]", ".");

for (const tools of document.querySelectorAll(".tools")) {
  const rows = [...document.getElementById(tools.dataset.table).tBodies[0].rows];
  const texts = rows.map((row) => (row.textContent + " " + exact(row.cells[0])).toLowerCase());
  const [filter, state, copy, said] = ["input", "select", "button", "output"].map((tag) => tools.querySelector(tag));
  const label = copy.textContent;
  const shown = () => rows.filter((row) => !row.hidden);
  const calm = () => { copy.textContent = label; copy.classList.remove("armed"); };
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row, at) => {
      const reported = row.classList.contains("r");
      const fits = state.value === "all" || reported === (state.value === "reported");
      row.hidden = !(fits && words.every((word) => texts[at].includes(word)));
    });
    said.textContent = `${shown().length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
    calm();
  };
  filter.addEventListener("input", apply);
  state.addEventListener("change", apply);
  copy.addEventListener("blur", calm);
  copy.addEventListener("click", async () => {
    const names = shown().map((row) => exact(row.cells[0]));
    if (!copy.classList.contains("armed")) {
      copy.classList.add("armed");
      copy.textContent = `Copy ${names.length.toLocaleString("en")} live names: press again`;
      return;
    }
    calm();
    try {
      await navigator.clipboard.writeText(names.join("\n") + "\n");
      said.textContent = `${names.length.toLocaleString("en")} exact names copied`;
    } catch {
      said.textContent = "The browser refused; the exact names are in the CSV file";
    }
  });
  tools.hidden = false;
  apply();
}
