// A call of the REST API from a page, with the page's session.
import { csrfToken } from "./csrf.js";

async function problemOf(response) {
  const problem = await response.json().catch(() => null);
  const words = (problem?.errors ?? []).map(({ field, message }) => (field ? `${field}: ${message}` : message));
  const error = new Error(words.join(" ") || problem?.detail || `${response.status} ${response.statusText}`);
  return Object.assign(error, { problem });
}

// Rejects with an Error that carries the problem document as `problem`; null where there is none.
export async function call(method, address, body) {
  const response = await fetch(address, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? null : response.json();
}
