// The page.

const language = () => (document.documentElement.lang.startsWith("zh") ? 0 : 1);
function readable(value, indent = "") {
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const inside = Array.isArray(value)
    ? value.map((item) => readable(item, `${indent}  `))
    : [...value].map(([name, item]) => `${JSON.stringify(name)}: ${readable(item, `${indent}  `)}`);
  return inside.length ? `${open}\n${inside.map((line) => `${indent}  ${line}`).join(",\n")}\n${indent}${close}` : open + close;
}

function show(proven, sentences, entry) {
  const result = document.getElementById("result");
  result.className = proven ? "proven" : "unproven";
  result.hidden = false;
  document.getElementById("verdict").textContent = [["未通过", "Not proven"], ["已证实", "Proven"]][Number(proven)][language()];
  document.getElementById("why").replaceChildren(
    ...sentences.map((sentence) => Object.assign(document.createElement("p"), { textContent: sentence })),
  );
  document.getElementById("entry").textContent = entry ? readable(entry) : "";
}

// What is shown is always about the file that was given last, and the keys as they stand.
let file;
let turn = 0;

async function look() {
  const mine = ++turn;
  document.getElementById("result").hidden = true;
  if (!file) return;
  let verdict;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const found = await check(bytes, document.getElementById("keys").value);
    const seen = found.checkpoint.witnessed.map((facts) => say("witness", facts, language()));
    verdict = [true, [say(found.why, found.facts, language()), ...seen], found.entry];
  } catch (error) {
    const [why, facts] = error instanceof Unproven ? [error.message, error.facts] : ["unread", []];
    verdict = [false, [say(why, facts, language())]];
  }
  if (mine === turn) show(...verdict);
}

function take(files) {
  file = files[0] ?? file;
  look();
}

function speak(chosen) {
  document.documentElement.lang = chosen;
  look();
}

const input = document.getElementById("file");
const drop = document.getElementById("drop");
input.addEventListener("change", () => take(input.files));
document.getElementById("keys").addEventListener("input", look);
for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
drop.addEventListener("drop", (event) => take(event.dataTransfer.files));
document.getElementById("zh").addEventListener("click", () => speak("zh-CN"));
document.getElementById("en").addEventListener("click", () => speak("en"));
