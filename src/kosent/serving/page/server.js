// What the page asks the server. A failure becomes a Failure, which knows its one sentence.

import { language, number, word } from "./words.js";

let token = ""; // for as long as the tab is open, and nowhere else
let isGiven = false;

export function useToken(given) {
  isGiven = given.trim() !== "";
  token = /^[\x21-\x7e]+$/.test(given.trim()) ? given.trim() : ""; // others go in no header
}

export class Failure extends Error {
  constructor(status, detail = {}, wait = 0) {
    super(`${status}`);
    this.status = status; // 0: nobody answered
    this.detail = detail;
    this.wait = wait; // seconds after which the server wants to be asked again
    this.hadToken = isGiven;
  }

  get sentence() {
    if (this.status === 0) return word("gone");
    if (this.status === 401) return word(this.hadToken ? "wrong_token" : "no_token");
    // The server says it best: what arrived, what the limit is, in the language of this page.
    if (typeof this.detail.message === "string" && this.detail.message) return this.detail.message;
    if (this.status === 413) return word("too_large");
    if (this.status === 429 || this.status === 503) return word("busy");
    return this.status < 500 ? word("not_taken") : word("broken", { status: number(this.status) });
  }
}

export const models = () => ask("v1/models", {});

export function predict(body, signal) {
  const sent = JSON.stringify(body);
  return ask("v1/predict", { method: "POST", body: sent, signal });
}

async function ask(path, options) {
  const headers = { "Accept-Language": language() };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers, cache: "no-store", credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(0);
  }
  if (response.ok) return body(response);
  const wait = Number(response.headers.get("Retry-After")) || 0;
  const told = await response.json().catch(() => ({}));
  throw new Failure(response.status, told?.error ?? {}, wait);
}

async function body(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(error instanceof SyntaxError ? 502 : 0, { message: error instanceof SyntaxError ? word("odd") : "" });
  }
}
