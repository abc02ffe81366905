// The page: its two ways, its language, its models, and the one place where trouble is told.

import { find, write } from "./dom.js";
import { Lines } from "./lines.js";
import { Sentence } from "./sentence.js";
import { Failure, models, useToken } from "./server.js";
import { speak, word } from "./words.js";

const TABS = ["sentence", "lines"];

const sentence = new Sentence({ trouble: failed, missing: start });
const lines = new Lines({ trouble: tell, say: (text) => write(find("said"), text), missing: start });
let last = () => ""; // the trouble, in whatever language is spoken

// Show one sentence, or none; a Failure knows its own and may need a token.
function tell(trouble) {
  last = trouble instanceof Failure ? () => trouble.sentence : () => trouble;
  write(find("trouble"), last());
  find("token-form").hidden = trouble?.status !== 401;
}

// Tell what went wrong with some of the models.
function failed(failures, asked) {
  if (failures.length === 0) return tell("");
  const [{ failure, model }] = failures;
  if (!(failure instanceof Failure)) throw failure; // a mistake of this page
  const isOfAll = failures.length === asked || [0, 401].includes(failure.status);
  return tell(isOfAll ? failure : word("of_model", { model, sentence: failure.sentence }));
}

// Ask for the models; called again by the next input where nobody answered.
async function start() {
  try {
    const { models: found, default: first } = await models();
    const ordered = [...found].sort((one, other) => (other.name === first) - (one.name === first));
    sentence.use(ordered);
    lines.use(ordered);
    tell("");
    if (find("text").value.trim()) sentence.ask();
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    tell(failure);
  }
}

function change(language) {
  speak(language);
  sentence.render();
  lines.render();
  write(find("trouble"), last());
}

function turn(name, isFocused = false) {
  for (const each of TABS) {
    const tab = find(`to-${each}`);
    find(each).hidden = each !== name;
    tab.setAttribute("aria-selected", String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
    if (each === name && isFocused) tab.focus();
  }
  tell("");
  if (name === "sentence") sentence.render(); // what was hidden had no width
}

for (const name of TABS) {
  find(`to-${name}`).addEventListener("click", () => turn(name));
  find(`to-${name}`).addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step) turn(TABS[(TABS.indexOf(name) + step + TABS.length) % TABS.length], true);
  });
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => change(button.dataset.language));
}

find("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useToken(find("token").value);
  find("token").value = "";
  start();
});

// A file may be dropped anywhere; without this the browser would leave the page for it.
addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  find("drop").classList.add("over");
});
addEventListener("dragleave", () => find("drop").classList.remove("over"));
addEventListener("drop", (event) => {
  find("drop").classList.remove("over");
  const [file] = event.dataTransfer?.files ?? [];
  if (!file) return; // a text that is dropped into a field goes there
  event.preventDefault();
  turn("lines");
  lines.open(file);
});

speak(navigator.language?.toLowerCase().startsWith("ko") ? "ko" : "en");
sentence.render();
start();
