/** Names that nobody else has; `crypto.randomUUID` is missing where a hub is reached without https. */
export function randomName(length = 16): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join("");
}
