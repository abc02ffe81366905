// What the page says, in Korean and in English; {name} is filled in.

export const WORDS = {
  languages: ["언어", "Language"],
  ways: ["무엇을 넣을지", "What to give"],
  sentence: ["문장", "Sentence"],
  lines: ["여러 줄", "Many lines"],
  type_here: ["문장을 쓰면 어절마다 확률이 움직입니다", "Type a sentence: the probability moves with every word"],
  hint: ["여기에 쓰세요", "Write here"],
  size: ["{characters}자, {words}어절", "characters: {characters}, words: {words}"],
  composing: ["글자를 조합하는 중입니다. 띄어쓰기나 마침표를 치면 이어서 답합니다.", "A letter is being composed: the answer follows after a space or a full stop."],
  legend: ["색이 뜻하는 라벨", "Labels by colour"],
  examples: ["예문", "Examples"],
  models: ["나란히 볼 모델", "Models side by side"],
  model: ["모델", "Model"],
  version: ["판 {version}", "version {version}"],
  waiting: ["문장을 기다립니다", "Waiting for a sentence"],
  failed: ["답이 없습니다", "No answer"],
  asking: ["묻는 중입니다", "Asking"],
  unsure: ["모르겠음", "unsure"],
  no_label: ["해당하는 라벨 없음", "no label applies"],
  blank: ["글에 읽을 것이 없습니다", "there is nothing to read in the text"],
  probabilities: ["라벨의 확률", "Probabilities of the labels"],
  more: ["나머지 {count}개", "{count} more"],
  given: ["{label}, 해당함", "{label}, applies"],
  moved: ["어절마다 움직인 확률", "Probability, word by word"],
  moved_from: ["{label}: {from}에서 {to}로", "{label}: from {from} to {to}"],
  as_table: ["표로 보기", "As a table"],
  read_so_far: ["어절", "Word"],
  ahead: ["앞선 라벨", "Label ahead"],
  probability: ["확률", "Probability"],
  too_many_words: ["어절이 {limit}개를 넘어 움직임 없이 마지막 답만 보입니다.", "There are more than {limit} words, so only the last answer is shown."],
  why: ["왜?", "Why?"],
  why_of: ["{model}: 왜?", "{model}: why?"],
  no_reason: ["이 모델은 이 글을 설명하지 않았습니다.", "This model has not explained this text."],
  pushed: ["‘{label}’ 쪽으로(+), 그 반대쪽으로(−) 민 정도, 로그 오즈", "How far each word pushed towards “{label}” (+) or away (−), in log-odds"],
  pushed_in: ["‘{label}’ 쪽으로(+), 그 반대쪽으로(−) 민 정도, {unit}", "How far each word pushed towards “{label}” (+) or away (−), in {unit}"],
  contribution: ["민 정도", "Contribution"],
  base: ["빈 글의 값", "The empty text"],
  residual: ["더해도 남는 차이", "What the sum leaves over"],
  method: ["셈하는 법: {method}", "Method: {method}"],
  linear: ["선형 모델의 가중치, 정확함", "weights of a linear model, exact"],
  shapley: ["섀플리 값", "Shapley values"],
  leave_one_out: ["한 어절씩 빼 보기", "leaving one word out at a time"],
  said: ["{model}: {label} {probability}", "{model}: {label} {probability}"],
  gone: ["서버에 닿지 않습니다. 다음에 무엇이든 치면 다시 물어봅니다.", "The server cannot be reached; it is asked again when you next type."],
  no_token: ["이 서버는 토큰을 요구합니다. 아래에 넣으면 이 창을 닫을 때까지만 기억합니다.", "This server asks for a token: give it below; it is kept until this tab is closed."],
  wrong_token: ["서버가 이 토큰을 받지 않았습니다. 다시 넣어 주세요.", "The server did not take this token; please give another."],
  token: ["토큰", "Token"],
  use_token: ["쓰기", "Use"],
  too_large: ["글이 서버가 한 번에 받는 크기보다 큽니다. 줄여 주세요.", "The text is larger than the server takes at once; please shorten it."],
  not_taken: ["서버가 이 글을 받지 않았습니다.", "The server did not take this text."],
  busy: ["서버가 바쁩니다. 잠시 뒤에 다시 쳐 주세요.", "The server is busy; please type again in a moment."],
  broken: ["서버에서 오류가 났습니다 ({status}).", "The server failed ({status})."],
  odd: ["서버의 답을 알아들을 수 없습니다.", "The server's answer makes no sense."],
  of_model: ["{model}: {sentence}", "{model}: {sentence}"],
  choose_file: ["한 줄에 글 하나인 파일을 고르거나 끌어다 놓으세요", "Choose or drop a file with one text a line"],
  about_file: [".txt, .csv, .tsv. UTF-8과 CP949를 읽으며, 파일은 서버에 저장되지 않습니다.", ".txt, .csv or .tsv, in UTF-8 or CP949; the server does not keep it."],
  or_paste: ["아니면 여러 줄을 붙여 넣으세요", "Or paste many lines"],
  paste_hint: ["한 줄에 글 하나", "One text a line"],
  source: ["{name}: {rows}줄, {encoding}", "{name}: rows {rows}, {encoding}"],
  pasted: ["붙여 넣은 글", "Pasted text"],
  column: ["글이 있는 열", "Column of the text"],
  column_number: ["{number}번째 열", "column {number}"],
  header: ["첫 줄은 열 이름", "the first row names the columns"],
  first: ["첫 글: {text}", "First text: {text}"],
  start: ["시작", "Start"],
  go_on: ["이어서 하기", "Go on"],
  cancel: ["멈추기", "Stop"],
  download: ["CSV 내려받기", "Download CSV"],
  progress: ["진행", "Progress"],
  done: ["{done} / {rows}줄", "rows: {done} / {rows}"],
  account: ["읽은 {rows}줄 = 답한 {answered}줄 + 거절된 {refused}줄", "rows read {rows} = answered {answered} + refused {refused}"],
  account_left: ["읽은 {rows}줄 = 답한 {answered}줄 + 거절된 {refused}줄 + 남은 {left}줄", "rows read {rows} = answered {answered} + refused {refused} + left {left}"],
  replaced: ["모델이 도중에 바뀌었습니다. 처음부터 다시 시작해 주세요.", "The model was replaced on the way; please start again."],
  stopped: ["서버가 답하지 않아 멈추었습니다. ‘이어서 하기’를 누르면 남은 줄부터 갑니다.", "The server does not answer, so this stopped; “Go on” takes up the rows that are left."],
  by_label: ["라벨별 줄 수", "Rows by label"],
  label: ["라벨", "Label"],
  rows: ["줄 수", "Rows"],
  share: ["비율", "Share"],
  first_rows: ["처음 {count}줄", "The first {count} rows"],
  number: ["번호", "Row"],
  text: ["글", "Text"],
  refused_label: ["거절됨", "refused"],
  left_label: ["보내지 않음", "not sent"],
  bad_encoding: ["{name}: UTF-8도 CP949도 아니라서 읽지 못했습니다.", "{name}: neither UTF-8 nor CP949, so it was not read."],
  not_text: ["{name}: 글 파일이 아닙니다. .txt나 .csv로 저장해 주세요.", "{name}: not a text file; please save it as .txt or .csv."],
  too_big: ["{name}: {limit} MiB까지 읽습니다.", "{name}: the page reads up to {limit} MiB."],
  no_rows: ["{name}: 비어 있습니다.", "{name}: there is nothing in it."],
  open_quote: ["닫히지 않은 따옴표가 있어 따옴표를 글자로 읽었습니다.", "A quotation mark is never closed, so quotation marks were read as letters."],
  privacy: ["쓴 글은 이 서버에만 보내며, 이 페이지는 아무것도 저장하지 않습니다.", "What you write goes to this server only, and this page stores nothing."],
  api: ["API 설명", "About the API"],
};

export const LANGUAGES = ["ko", "en"];

let column = 0;

export const language = () => LANGUAGES[column];

// Return what stands for a key, with its places filled in.
export function word(key, values = {}) {
  return WORDS[key][column].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

export const number = (value) => value.toLocaleString(language());

// Return a probability as a percentage: 99.9, never 100, for what is not certain.
export function percent(p) {
  const shown = p > 0.999 && p < 1 ? 99.9 : p > 0 && p < 0.001 ? 0.1 : p * 100;
  return `${shown.toFixed(1)}%`;
}

// Change the language of the page and of all that stands in it.
export function speak(wanted) {
  column = Math.max(0, LANGUAGES.indexOf(wanted));
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of document.querySelectorAll("[data-name]")) {
    element.setAttribute("aria-label", word(element.dataset.name));
  }
  for (const element of document.querySelectorAll("[data-hint]")) {
    element.setAttribute("placeholder", word(element.dataset.hint));
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language()));
  }
}
