"use strict";
// Fetches the page again when something was asked, and sends edits by hand. What comes back is only ever put into
// the page as text, as a data: URI, or as parsed HTML of this very page (whose policy lets no other script run).

const part = (id) => document.getElementById(id);
let asked = "";

async function refresh() {
  if (document.hidden || location.search) return;
  const counted = await (await fetch("counters")).text();
  if (counted === asked) return;
  const answer = await fetch("./", { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  asked = counted;
  const [found, held] = [fresh.getElementById("findings"), part("findings")];
  if (found && held) found.open = held.open;
  part("state").replaceChildren(...fresh.getElementById("state").children);
  const rows = [...fresh.getElementById("exchanges").children].map((row) => {
    const held = row.id && part(row.id);
    if (!held) return row;
    if (held.dataset.shape === row.dataset.shape) return held;
    row.open = held.open;
    return row;
  });
  part("exchanges").replaceChildren(...rows);
}

async function keepFresh() {
  try {
    await refresh();
  } catch (problem) {
    console.info("the mock does not answer", problem);
  }
  setTimeout(keepFresh, 2000);
}

// ---------------------------------------------------------------------------------------------------- an edit by hand
const form = document.querySelector("#trying form");
const fields = form.elements;
const canvas = part("canvas");
const mask = document.createElement("canvas");
let picture = null;
let painted = false;

async function example() {
  const drawn = document.createElement("canvas");
  [drawn.width, drawn.height] = [512, 512];
  const pen = drawn.getContext("2d");
  const boxes = [["#9fd3ff", 0, 0, 512, 512], ["#5a9e4b", 0, 340, 512, 172], ["#f1e2c6", 150, 210, 212, 170],
    ["#7a4a2b", 232, 300, 48, 80], ["#88909c", 130, 160, 252, 56]];
  for (const [colour, ...box] of boxes) {
    pen.fillStyle = colour;
    pen.fillRect(...box);
  }
  return new File([await blob(drawn)], "house.png", { type: "image/png" });
}

const blob = (drawn) => new Promise((done) => drawn.toBlob(done, "image/png"));

async function take(file) {
  const seen = await createImageBitmap(file);
  picture = { file, seen };
  [canvas.width, canvas.height] = [mask.width, mask.height] = [seen.width, seen.height];
  unpaint();
}

function unpaint() {
  const pen = mask.getContext("2d");
  pen.globalCompositeOperation = "source-over";
  pen.fillRect(0, 0, mask.width, mask.height);
  painted = false;
  show();
}

function show() {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.globalCompositeOperation = "source-over";
  pen.drawImage(mask, 0, 0);
  pen.globalCompositeOperation = "source-in";
  pen.drawImage(picture.seen, 0, 0);
  pen.globalCompositeOperation = "source-over";
}

let from = null;
function paint(event) {
  if (!picture || !(event.buttons & 1)) return;
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  const to = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  const pen = mask.getContext("2d");
  pen.globalCompositeOperation = "destination-out";
  pen.lineCap = pen.lineJoin = "round";
  pen.lineWidth = (Number(fields.brush.value) * canvas.width) / 100;
  pen.beginPath();
  pen.moveTo(...(from || to));
  pen.lineTo(...to);
  pen.stroke();
  from = to;
  painted = true;
  show();
}

function figure(source, words) {
  const made = document.createElement("figure");
  const image = document.createElement("img");
  image.src = source;
  image.alt = words;
  const caption = document.createElement("figcaption");
  caption.textContent = words;
  made.append(image, caption);
  part("results").append(made);
}

function showItem(item, words) {
  const kind = item.output_format || fields.output_format.value || "png";
  if (typeof item.b64_json === "string") figure(`data:image/${kind};base64,${item.b64_json.replace(/^data:[^,]*,/, "")}`, words);
  else if (typeof item.url === "string") figure(item.url, words);
}

async function showStream(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let got = await reader.read(); !got.done; got = await reader.read()) {
    const frames = (rest + got.value).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) {
      const line = frame.split("\n").find((one) => one.startsWith("data: "));
      if (!line || line === "data: [DONE]") continue;
      const value = JSON.parse(line.slice(6));
      showItem(value, String(value.type));
      if (value.error) say(JSON.stringify(value.error));
    }
  }
}

const say = (words) => { form.querySelector("output").textContent = words; };

async function send() {
  const body = new FormData();
  for (const name of ["model", "prompt", "n", "size", "quality", "background", "output_format", "stream", "partial_images"]) {
    if (fields[name].value !== "") body.append(name, fields[name].value);
  }
  body.append("image", picture.file);
  if (painted) body.append("mask", await blob(mask), "mask.png");
  const headers = { Authorization: `Bearer ${fields.key.value}` };
  if (fields.scenario.value) headers["X-Mock-Scenario"] = fields.scenario.value;
  part("results").replaceChildren();
  say("…");
  const answer = await fetch(fields.provider.value, { method: "POST", headers, body });
  say(`${answer.status} ${answer.statusText}`);
  if ((answer.headers.get("content-type") || "").startsWith("text/event-stream")) return showStream(answer);
  const text = await answer.text();
  let found = null;
  try { found = JSON.parse(text); } catch { say(`${answer.status}: ${text.slice(0, 300)}`); return; }
  const data = found && (found.data || []);
  const items = Array.isArray(data) ? data : (data && data.data) || [];
  items.forEach((item, place) => showItem(item, `result ${place}`));
  if (!items.length) say(`${answer.status}: ${text.slice(0, 500)}`);
}

function chosen() {
  const names = JSON.parse(fields.provider.selectedOptions[0].dataset.models);
  part("models").replaceChildren(...names.map((name) => new Option(name)));
  fields.model.value = names[0] || "";
}

form.hidden = false;
fields.provider.addEventListener("change", chosen);
fields.unpaint.addEventListener("click", unpaint);
fields.file.addEventListener("change", () => {
  if (fields.file.files[0]) take(fields.file.files[0]).catch(() => say("the browser cannot show this file"));
});
canvas.addEventListener("pointerdown", (event) => { from = null; canvas.setPointerCapture(event.pointerId); paint(event); });
canvas.addEventListener("pointermove", paint);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send().catch((problem) => say(String(problem))).then(() => refresh()).catch((problem) => say(String(problem)));
});
chosen();
example().then(take).catch((problem) => say(String(problem)));
keepFresh();
