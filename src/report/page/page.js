"use strict";
(() => {
  const own = document.currentScript.dataset;
  const { decimal, group } = document.documentElement.dataset;

  /* Tooltips: without this script the browser shows each <title>; with it, they appear at once and at a touch. */
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  for (const title of document.querySelectorAll("svg title")) {
    const mark = title.parentNode;
    if (mark.tagName === "svg") mark.setAttribute("aria-label", title.textContent);
    else mark.dataset.tip = title.textContent;
    if (mark.tagName === "svg") mark.removeAttribute("aria-labelledby");
    title.remove();
  }
  const show = (event) => {
    const mark = event.target.closest ? event.target.closest("[data-tip]") : null;
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.tip;
    const x = Math.min(event.pageX + 14, scrollX + document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = Math.max(scrollX + 4, x) + "px";
    tip.style.top = event.pageY + 18 + "px";
  };
  for (const kind of ["pointermove", "pointerdown"]) document.addEventListener(kind, show, { passive: true });
  document.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });

  /* Tables: a click on a head sorts, first falling for numbers and rising for text; long tables get a filter. */
  const number = (text) => {
    const plain = text.split(group).join("").replace(decimal, ".").replace("−", "-").replace(/[%\s]/g, "");
    return plain !== "" && isFinite(plain) ? Number(plain) : NaN;
  };
  const words = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const sort = (table, column, head) => {
    const body = table.tBodies[0];
    const numeric = head.classList.contains("n");
    const now = head.getAttribute("aria-sort");
    const order = now ? (now === "ascending" ? "descending" : "ascending") : numeric ? "descending" : "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const rows = [...body.rows].map((row) => {
      const text = row.cells[column].textContent;
      return { row, key: numeric ? number(text) : text };
    });
    rows.sort((a, b) => {
      if (!numeric) return sign * words.compare(a.key, b.key);
      /* What is not known stays at the end either way. */
      if (isNaN(a.key) || isNaN(b.key)) return isNaN(a.key) - isNaN(b.key);
      return sign * (a.key - b.key);
    });
    body.append(...rows.map((entry) => entry.row));
  };
  const filter = (table) => {
    const box = document.createElement("label");
    const input = document.createElement("input");
    const said = document.createElement("span");
    box.className = "filter";
    input.type = "search";
    input.placeholder = own.filter;
    input.setAttribute("aria-label", own.filter);
    said.setAttribute("aria-live", "polite");
    box.append(input, said);
    table.closest(".scroll").before(box);
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { row, text } of rows) {
        row.hidden = !wanted.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      said.textContent = wanted.length ? own.filtered.replace("{shown}", shown).replace("{total}", rows.length) : "";
    });
  };
  for (const table of document.querySelectorAll(".scroll > table")) {
    const count = table.tBodies[0].rows.length;
    if (count < 3) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, column, head));
      head.append(button);
    });
    if (count > 15) filter(table);
  }

  /* The contents show where the reader is. */
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  if ("IntersectionObserver" in window) {
    const seen = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target.id);
      let first = true;
      for (const [id, link] of links) {
        link.classList.toggle("here", first && seen.has(id));
        if (seen.has(id)) first = false;
      }
    }, { rootMargin: "-10% 0px -60% 0px" });
    document.querySelectorAll("main > section").forEach((section) => observer.observe(section));
  }
})();
