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

async function look(file) {
  try {
    const found = await check(await file.text(), document.getElementById("keys").value);
    const seen = found.checkpoint.witnessed.map((facts) => say("witness", facts, language()));
    show(true, [say(found.why, found.facts, language()), ...seen], found.entry);
  } catch (error) {
    if (!(error instanceof Unproven)) throw error;
    show(false, [say(error.message, error.facts, language())]);
  }
}

function speak(chosen) {
  document.documentElement.lang = chosen;
  document.getElementById("result").hidden = true;
}

const input = document.getElementById("file");
const drop = document.getElementById("drop");
input.addEventListener("change", () => input.files[0] && look(input.files[0]));
document.getElementById("keys").addEventListener("change", () => input.files[0] && look(input.files[0]));
for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
drop.addEventListener("drop", (event) => event.dataTransfer.files[0] && look(event.dataTransfer.files[0]));
document.getElementById("zh").addEventListener("click", () => speak("zh-CN"));
document.getElementById("en").addEventListener("click", () => speak("en"));
