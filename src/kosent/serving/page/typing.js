// A field in which somebody types Korean.
//
// An input method builds a syllable from several keys (ㅎ, 하, 한): between compositionstart and
// compositionend the field holds half a syllable, which nobody wants answered.

const REST_MS = 150; // after the last key: a typist's keys follow each other faster

// Call `changed` at every change of the field, and `rested` when it can be answered.
export function watch(field, { changed, rested, composing }) {
  let timer = 0;
  let open = false;

  const later = () => {
    clearTimeout(timer);
    if (!open) timer = setTimeout(rested, REST_MS);
  };
  const now = () => {
    clearTimeout(timer);
    rested();
  };
  const turn = (state) => {
    open = state;
    composing(state);
    if (open) clearTimeout(timer);
    else later();
  };

  field.addEventListener("compositionstart", () => turn(true));
  field.addEventListener("compositionend", () => turn(false));
  field.addEventListener("input", (event) => {
    changed();
    later();
    if (!open && /^[\s.!?]$/.test(event.data ?? "")) now(); // an eojeol has ended
  });
  // Some input methods end without saying so when the field is left.
  field.addEventListener("blur", () => {
    if (open) turn(false);
  });
}
