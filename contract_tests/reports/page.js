"use strict";
// Everything here is a convenience: the page is whole without it.

// A link into a folded part opens every fold around its target, and brings back what the filter has hidden.
function reveal(id) {
  const target = id && document.getElementById(id);
  if (!target) return;
  if (target.closest("tbody[hidden]")) { form.reset(); filter(); }
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  if (target.matches("tbody")) target.querySelectorAll(".more > td > details").forEach(each => { each.open = true; });
  target.scrollIntoView();
}
function revealAddress() {
  try { reveal(decodeURIComponent(location.hash.slice(1))); } catch { /* an address that is no text names nothing */ }
}
addEventListener("hashchange", revealAddress);
addEventListener("click", event => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) revealAddress();
});

// The filter: a claim stays when one of its verdicts fits every choice.
const form = document.querySelector(".filter");
const claims = [...document.querySelectorAll(".matrix .claim")];
const sought = new Map(claims.map(claim => [claim, claim.querySelector("th").textContent + claim.querySelector("summary").textContent]));
function fits(claim) {
  const chosen = ["verdict", "level", "origin"].filter(name => form.elements[name].value);
  const cells = [...claim.querySelectorAll("td[data-verdict]")];
  const word = form.elements.find.value.trim().toLowerCase();
  return cells.some(cell => chosen.every(name => cell.dataset[name] === form.elements[name].value))
    && sought.get(claim).toLowerCase().includes(word);
}
function filter() {
  let shown = 0, area = null, any = false;
  for (const body of document.querySelectorAll(".matrix > tbody")) {
    if (body.classList.contains("area")) {
      if (area) area.hidden = !any;
      area = body; any = false;
    } else {
      body.hidden = !fits(body);
      if (!body.hidden) { shown += 1; any = true; }
    }
  }
  if (area) area.hidden = !any;
  form.querySelector("output").textContent = `${shown} of ${claims.length} claims`;
}
if (form) {
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", event => event.preventDefault());
  filter();
}

// A button that copies each command.
if (navigator.clipboard) for (const command of document.querySelectorAll("pre.command")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(command.textContent); button.textContent = "Copied"; }
    catch { button.textContent = "Could not copy"; }
  });
  command.previousElementSibling.append(button);
}

// On paper, what is broken is shown open.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll(".claim:has(td[data-verdict=broken]) .more > td > details:not([open])")];
  opened.forEach(each => { each.open = true; });
});
addEventListener("afterprint", () => { opened.forEach(each => { each.open = false; }); });
revealAddress();
